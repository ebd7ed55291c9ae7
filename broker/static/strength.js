// Says, while a new password is typed, how many characters it still needs. Without this script the
// rules above the field say it.
"use strict";
for (const note of document.querySelectorAll("[data-shortest]")) {
  const field = document.getElementById(note.dataset.of);
  const tell = () => {
    const left = Number(note.dataset.shortest) - [...field.value].length;
    note.hidden = field.value === "";
    const more = left === 1 ? note.dataset.one : note.dataset.more.replace("#", String(left));
    note.textContent = left <= 0 ? note.dataset.enough : more;
  };
  field.addEventListener("input", tell);
  tell();
}
