// Asks the browser for a passkey, puts its answer in the form and sends that.
const form = document.getElementById("passkey");
const show = (name) => {
  for (const note of form.querySelectorAll("[data-note]")) note.hidden = note.dataset.note !== name;
};
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked(options) {
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) made.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) made.excludeCredentials = named(options.excludeCredentials);
  return made;
}

function said(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: text(answer.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (answer[name]) response[name] = text(answer[name]);
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

async function ask(event) {
  if (form.elements.assertion.value) return;
  event.preventDefault();
  show("waiting");
  const publicKey = asked(JSON.parse(form.dataset.options));
  try {
    const credential = publicKey.user
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    form.elements.assertion.value = JSON.stringify(said(credential));
    form.submit();
  } catch (error) {
    show(error.name === "InvalidStateError" ? "known" : "stopped");
  }
}

if (form) {
  if (window.PublicKeyCredential) {
    form.querySelector("button").disabled = false;
    show("ready");
    form.addEventListener("submit", ask);
  } else {
    show("missing");
  }
}
