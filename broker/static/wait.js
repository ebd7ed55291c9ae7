// A button that may be pressed after some seconds: shut until then, while its note counts down.
// Without this script it is open, and who presses it too early is told how long to wait.
"use strict";
for (const form of document.querySelectorAll("form[data-wait]")) {
  const button = form.querySelector("button");
  const note = form.querySelector("[data-note]");
  const until = Date.now() + Number(form.dataset.wait) * 1000;
  const tell = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    note.hidden = left <= 0;
    note.textContent = note.textContent.replace(/\d+/, String(left));
    if (left > 0) setTimeout(tell, 1000);
  };
  tell();
}
