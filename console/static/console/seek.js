// The key "/" leads to the search box of the header; without this file the box is reached as any other.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("seek");
  const writing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!box || writing || event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  box.focus();
  box.select();
});
