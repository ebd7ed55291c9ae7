// A button that prints the page. Without this script the browser's own menu does.
"use strict";
for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => {
    for (const fold of document.querySelectorAll("details:has([data-print])")) {
      fold.open = true;
    }
    window.print();
  });
}
