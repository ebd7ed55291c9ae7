"""The parties around the broker, simulated: makelaars, a portal, a postbus, and a small browser.

Messages are built and checked with signxml, Authlib, joserfc and cryptography. Nothing of the
broker is imported here, so that both sides cannot share a mistake. Product code never imports this
package.
"""
