// Warns two minutes before a page stops working, and gets more time without leaving it: what was
// typed stays. Without this script the button asks for the page again, or opens one beside it.
"use strict";
const bar = document.querySelector("[data-seconds]");
const WARN = 120;
let until = Date.now() + Number(bar.dataset.seconds) * 1000;
let timer = 0;

function tell() {
  const left = (until - Date.now()) / 1000;
  const now = left <= 0 ? "over" : left > WARN ? "" : bar.dataset.more ? "warning" : "last";
  bar.dataset.now = now;
  // A text that appears is read out once; one that stays is left alone.
  for (const one of bar.querySelectorAll("[data-time]"))
    if (one.hidden === (one.dataset.time === now)) one.hidden = !one.hidden;
  bar.querySelector("form").hidden = now !== "warning";
  clearTimeout(timer);
  // A machine that slept wakes late: look again at least every half minute.
  if (left > 0) timer = setTimeout(tell, Math.min(30, left > WARN ? left - WARN : left) * 1000 + 50);
}

// The same login or session in another tab: who is at work there has more time here as well.
const tabs = new BroadcastChannel("time");
const of = bar.querySelector("form").action;

function heard(said) {
  until = said.end;
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

async function ask(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const isPost = form.method === "post";
  try {
    const answer = await fetch(form.action, {
      method: isPost ? "POST" : "GET",
      body: isPost ? new URLSearchParams(new FormData(form)) : undefined,
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error(answer.status);
    const said = await answer.json();
    said.end = Date.now() + said.seconds * 1000;
    heard(said);
    tellTabs(said);
    document.querySelector("[data-got-time]").hidden = false;
  } catch {
    form.submit();
  }
}

for (const form of document.querySelectorAll("form[data-more-time]"))
  form.addEventListener("submit", ask);
for (const note of document.querySelectorAll("[data-beside]")) note.hidden = true;
document.addEventListener("visibilitychange", tell);
window.addEventListener("pageshow", tell);
const shown = document.querySelector("[data-until]");
if (shown) tellTabs({ end: until, until: shown.textContent, more: Boolean(bar.dataset.more) });
tell();
