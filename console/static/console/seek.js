// The search box of the header: the key "/" leads to it, and what it finds opens below it while one types.
// Without this file the box is reached and sent as any other.

const PAUSE = 200;
const box = document.getElementById("seek");
const panel = document.getElementById("seek-found");
let waiting = 0;
let turn = 0;

function close() {
  turn += 1;
  panel.hidden = true;
  panel.replaceChildren();
}

async function look() {
  const mine = ++turn;
  const text = box.value.trim();
  if (!text) {
    close();
    return;
  }
  let hits;
  try {
    const there = `${box.form.action}?${new URLSearchParams({ q: text })}`;
    const answer = await fetch(there, { credentials: "same-origin", redirect: "manual" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    hits = page.getElementById("hits");
  } catch {
    return; // the network is away for a moment: the button remains
  }
  if (mine !== turn || !hits) {
    return; // somebody typed on meanwhile; or the whole code leads to one body: Enter goes there
  }
  for (const each of hits.querySelectorAll("[id]")) {
    each.removeAttribute("id");
  }
  panel.replaceChildren(...hits.childNodes);
  panel.hidden = false;
}

function step(event) {
  const links = [...panel.querySelectorAll("a")];
  const place = links.indexOf(document.activeElement);
  if (event.key === "Escape" && !panel.hidden) {
    close();
    box.focus();
  } else if (event.key === "ArrowDown" && links.length) {
    links[Math.min(place + 1, links.length - 1)].focus();
  } else if (event.key === "ArrowUp" && place >= 0) {
    (links[place - 1] ?? box).focus();
  } else {
    return;
  }
  event.preventDefault();
}

function soon(event) {
  if (!event.isComposing) { // no Chinese word is still being typed
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  }
}

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!box || writing || event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  box.focus();
  box.select();
});

if (box && panel) {
  box.addEventListener("input", soon);
  box.addEventListener("compositionend", soon);
  box.form.addEventListener("keydown", step);
  box.form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("click", (event) => box.form.contains(event.target) || close());
  box.form.addEventListener("focusout", (event) => event.relatedTarget && !box.form.contains(event.relatedTarget) && close());
}
