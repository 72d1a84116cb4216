// Ticks every row of a list at once; without this file each row is ticked by itself.

const boxes = () => document.querySelectorAll(".list .pick input[type=checkbox]");

function show() {
  for (const all of document.querySelectorAll("[data-pick-all]")) {
    all.closest("[hidden]")?.removeAttribute("hidden");
    const ticked = [...boxes()].filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes()) {
      box.checked = event.target.checked;
    }
  }
  show();
});
new MutationObserver(show).observe(document.getElementById("found"), { childList: true });
show();
