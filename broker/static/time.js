// Warns two minutes before a page stops working, and gets more time without leaving it: what was
// typed stays, also where there is none to get. Without this script the button asks for the page
// again, or opens one beside it.
"use strict";
const bar = document.querySelector("[data-seconds]");
const WARN = 120;
const LATER = [408, 409, 425, 429]; // refusals that may be over in a moment
let until = Date.now() + Number(bar.dataset.seconds) * 1000;
let timer = 0;
let failed = false;

function tell() {
  const left = (until - Date.now()) / 1000;
  const early = failed ? "failed" : "";
  const now = left <= 0 ? "over" : left > WARN ? early : bar.dataset.more ? "warning" : "last";
  bar.dataset.now = now;
  // A text that appears is read out once; one that stays is left alone.
  for (const one of bar.querySelectorAll("[data-time]")) {
    const name = one.dataset.time;
    const shows = name === now || (name === "failed" && failed && left > 0);
    if (one.hidden === shows) one.hidden = !shows;
  }
  bar.querySelector("form").hidden = now !== "warning" && now !== "failed";
  clearTimeout(timer);
  // A machine that slept wakes late: look again at least every half minute.
  if (left > 0) timer = setTimeout(tell, Math.min(30, left > WARN ? left - WARN : left) * 1000 + 50);
}

// The same login or session in another tab: who is at work there has more time here as well.
const tabs = new BroadcastChannel("time");
const of = bar.querySelector("form").action;

function heard(said) {
  until = said.end;
  failed = false;
  if (!said.more) delete bar.dataset.more;
  for (const place of document.querySelectorAll("[data-until]")) place.textContent = said.until;
  for (const form of document.querySelectorAll(".sluis-time form")) form.hidden = !said.more;
  tell();
}

tabs.addEventListener("message", ({ data }) => {
  if (data.of === of && data.end > until) heard(data);
});

function tellTabs(said) {
  tabs.postMessage({ ...said, of });
}

// The page stays as it is: what is typed in it is worth more than an answer.
function refused(mayComeLater) {
  document.querySelector("[data-got-time]").hidden = true;
  if (mayComeLater) failed = true;
  else until = Date.now();
  tell();
}

async function ask(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const isPost = form.method === "post";
  failed = false;
  tell(); // a text that comes back is read out again
  let answer;
  let said;
  try {
    answer = await fetch(form.action, {
      method: isPost ? "POST" : "GET",
      body: isPost ? new URLSearchParams(new FormData(form)) : undefined,
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    if (answer.ok) said = await answer.json();
  } catch {
    return refused(true);
  }
  if (!said) return refused(answer.status >= 500 || LATER.includes(answer.status));
  said.end = Date.now() + said.seconds * 1000;
  heard(said);
  tellTabs(said);
  document.querySelector("[data-got-time]").hidden = false;
}

for (const form of document.querySelectorAll("form[data-more-time]"))
  form.addEventListener("submit", ask);
for (const note of document.querySelectorAll("[data-beside]")) note.hidden = true;
document.addEventListener("visibilitychange", tell);
window.addEventListener("pageshow", tell);
const shown = document.querySelector("[data-until]");
if (shown) tellTabs({ end: until, until: shown.textContent, more: Boolean(bar.dataset.more) });
tell();
