// Lists follow their filters while one types or chooses; without this file the button does the same.
//
// The page is asked for as the button would ask for it, and every part marked data-found is taken from the answer.

const PAUSE = 250;
const form = document.querySelector("form[data-instant]");
const parts = [...document.querySelectorAll("[data-found]")];
let waiting = 0;
let turn = 0;

function address() {
  const asked = [...new FormData(form)].filter(([, value]) => value !== "");
  return `${location.pathname}?${new URLSearchParams(asked)}`;
}

async function follow() {
  const mine = ++turn;
  const there = address();
  let answer;
  try {
    answer = await fetch(there, { credentials: "same-origin", redirect: "manual" });
  } catch {
    return; // the network is away for a moment: the button remains
  }
  const text = await answer.text();
  if (mine !== turn) {
    return; // somebody typed on meanwhile
  }
  if (!answer.ok) {
    location.assign(there); // signed out, or refused: the page says so itself
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const part of parts) {
    part.replaceChildren(...(page.getElementById(part.id)?.childNodes ?? []));
  }
  history.replaceState(null, "", there);
}

function soon(event) {
  if (event.isComposing) {
    return; // a Chinese word is still being typed
  }
  clearTimeout(waiting);
  waiting = setTimeout(follow, event.target.type === "search" ? PAUSE : 0);
}

if (form && parts.length) {
  form.addEventListener("input", soon);
  form.addEventListener("compositionend", soon);
}
