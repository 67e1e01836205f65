// Golden questions that are being asked: how far it is, every two seconds until they are through.
const wait = 2000;

async function look() {
  const section = document.querySelector("#golden[data-running]");
  if (!section) return;
  try {
    const response = await fetch(section.dataset.running);
    if (response.ok) section.outerHTML = await response.text();
  } catch {
    // the server is away for a moment: the next look may find it
  }
  setTimeout(look, wait);
}

setTimeout(look, wait);
