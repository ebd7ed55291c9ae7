// Follows a list: asks for it every two seconds and puts the answer in its place. Without
// JavaScript the link "Ververs" does the same.
const list = document.querySelector("[data-follow]");
const follows = document.getElementById("volgt");
const stopped = document.getElementById("gestopt");
const PAUSE = 2000;
let failures = 0;

function stop() {
  follows.hidden = true;
  stopped.hidden = false;
}

async function look() {
  try {
    const answer = await fetch(list.dataset.follow, { redirect: "error" });
    if (answer.status === 401 || answer.status === 403) return stop();
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    const here = document.activeElement;
    // Who stands on a row with the keyboard keeps it.
    if (!list.contains(here) && list.innerHTML !== text) list.innerHTML = text;
    failures = 0;
  } catch {
    failures += 1;
    if (failures >= 5) return stop();
  }
  setTimeout(look, PAUSE);
}

if (list && list.dataset.follow) {
  follows.hidden = false;
  setTimeout(look, PAUSE);
}
