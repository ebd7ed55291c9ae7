"""Makelaars and portals as they really are: asked whether they fit their registrations, without
anybody who logs in. What a registration must hold is in ``admin.registrations``.
"""
