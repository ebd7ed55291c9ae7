"""The pages of ``/beheer``: administrators of organisations, their requests and mandates."""
