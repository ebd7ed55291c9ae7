// A button beside each password field that shows what was typed. Without this script there is none.
"use strict";
for (const field of document.querySelectorAll("input[data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "utrecht-button utrecht-button--secondary-action";
  const tell = () => {
    const shown = field.type === "text";
    button.textContent = shown ? field.dataset.hide : field.dataset.show;
    button.setAttribute("aria-pressed", String(shown));
  };
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    field.type = field.type === "text" ? "password" : "text";
    tell();
  });
  // What is sent is always a password field, so that browsers do not remember it as text.
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });
  tell();
  field.after(button);
}
