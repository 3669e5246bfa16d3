// Shows text, of which only the beginning is fetched, and says so when a file does not load.

const LONGEST = 256 * 1024;
const trouble = document.getElementById("trouble");

function fails(why) {
  if (why) trouble.querySelector("p").textContent = why;
  trouble.hidden = false;
}

for (const element of document.querySelectorAll("#viewer img, #viewer video, #viewer audio")) {
  element.addEventListener("error", () => fails());
  // It may have failed before this script ran.
  if (element.error || (element.complete && element.naturalWidth === 0)) fails();
}

const text = document.getElementById("text");
if (text) {
  try {
    const response = await fetch(text.dataset.url, { headers: { range: `bytes=0-${LONGEST - 1}` } });
    // An empty file has no range.
    if (response.status !== 416 && !response.ok) throw new Error(`The bucket answered ${response.status}.`);
    const bytes = response.status === 416 ? new Uint8Array() : new Uint8Array(await response.arrayBuffer());
    const whole = Number(response.headers.get("content-range")?.split("/")[1] ?? bytes.length);
    text.textContent = new TextDecoder().decode(bytes) || "The file is empty.";
    if (whole > bytes.length) {
      const note = document.createElement("p");
      note.className = "hint";
      note.textContent = `This is the beginning: ${bytes.length.toLocaleString()} of ${whole.toLocaleString()} bytes.`;
      text.after(note);
    }
  } catch (error) {
    text.hidden = true;
    fails(error instanceof TypeError
      ? "The file does not load. Most likely the bucket’s CORS configuration does not let this page read it; an admin can check the connection."
      : error.message);
  }
}
