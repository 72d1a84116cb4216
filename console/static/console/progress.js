// Looks at the import again every two seconds; when it is over, the whole page is read anew.

const STEP = 2000;

async function look() {
  const here = document.getElementById("progress");
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("progress");
    if (!now) {
      location.reload();
      return;
    }
    here.replaceChildren(...now.childNodes);
  } catch {
    // the network is away for a moment: look again later
  }
  setTimeout(look, STEP);
}

setTimeout(look, STEP);
