#!/bin/sh
# Chromium ($BROWSER_ITSELF) without what it keeps ready around pages: its toolbar is a page too, with a
# process of its own for every window. Of two lists Chromium would read the last, and forget Playwright's.
panels=InitialWebUI,WebUIToolbar,WebUIReloadButton,PreloadTopChromeWebUI,WebUIOmniboxPopup,SpareRendererForSitePerProcess
for argument; do
    shift
    case $argument in
        --disable-features=*) set -- "$@" "$argument,$panels" ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "$BROWSER_ITSELF" "$@"
