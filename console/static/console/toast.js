// What has just been done is shown above the page: it goes by itself, unless somebody reads it, or at the press of a button.
// Without this file it stands at the head of the page. Warnings stay where they are.

const STAYS = 8000;

for (const home of document.querySelectorAll("[data-toasts]")) {
  home.classList.add("toasts");
  for (const toast of home.querySelectorAll(".toast")) {
    const button = toast.querySelector("[data-close]");
    let leaving = 0;
    const leave = () => toast.remove();
    const wait = () => {
      clearTimeout(leaving);
      leaving = setTimeout(leave, STAYS);
    };
    button.hidden = false;
    button.addEventListener("click", leave);
    for (const event of ["mouseenter", "focusin"]) {
      toast.addEventListener(event, () => clearTimeout(leaving));
    }
    for (const event of ["mouseleave", "focusout"]) {
      toast.addEventListener(event, wait);
    }
    wait();
  }
}
