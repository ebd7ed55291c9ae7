"""Every sentence for people that stands in no template: errors, reasons with their remedies, help,
mails and letters, and the translations of all of them. Texts only: what is wrong is decided where
it happens, and messages leave through ``state.outbox``.
"""
