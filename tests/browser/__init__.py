"""The pages in a real Chromium: logins, keyboard, small screens, accessibility."""
