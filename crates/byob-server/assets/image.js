// A picture, looked at closely: it fits the window, or is as large as it is; "+" and "-" and then the wheel zoom, dragging and the arrows move it.

const frame = document.getElementById("viewer");
const image = frame.querySelector("img");
const MOST = 16;
let zoom = 1, x = 0, y = 0;

// Buttons for those who have neither keys nor a wheel. Without scripts there is no zoom, and no button.
const buttons = document.createElement("div");
buttons.className = "zoom";
buttons.setAttribute("role", "group");
buttons.setAttribute("aria-label", "Zoom");
const [less, more, fit] = [["−", "Zoom out", "-"], ["+", "Zoom in", "+"], ["Fit", "Fit to the frame", "0"]].map(([text, label, key]) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: text, title: `${label} (key ${key}; arrows move it)` });
  if (text.length === 1) button.setAttribute("aria-label", label);
  button.setAttribute("aria-keyshortcuts", key);
  return button;
});
buttons.append(less, more, fit);
document.querySelector(".ways").append(buttons);

function draw() {
  // Half of it stays in reach, however far it is moved.
  const [farX, farY] = zoom <= 1 ? [0, 0] : [image.offsetWidth, image.offsetHeight].map((length) => (length * zoom) / 2);
  x = Math.min(farX, Math.max(-farX, x));
  y = Math.min(farY, Math.max(-farY, y));
  image.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
  frame.classList.toggle("zoomed", zoom > 1);
}

const middle = () => { const box = frame.getBoundingClientRect(); return box.top + box.height / 2; };

/** Zooms so that what lies under a point stays there; the point is measured from the middle. */
function zoomTo(wanted, at) {
  const before = middle();
  zoomAround(wanted, at ?? { x: 0, y: 0 });
  // The frame of a small picture grows when it is zoomed, and its middle moves.
  if (at && zoom > 1) { y -= middle() - before; draw(); }
}

function zoomAround(wanted, at) {
  const next = Math.min(MOST, Math.max(1, wanted));
  x = at.x - ((at.x - x) * next) / zoom;
  y = at.y - ((at.y - y) * next) / zoom;
  zoom = next;
  draw();
}

function fromMiddle(event) {
  const box = frame.getBoundingClientRect();
  return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
}

// A page can be scrolled over a picture; who wants to zoom begins by pinching, with Ctrl, "+" or a double click.
frame.addEventListener("wheel", (event) => {
  if (zoom <= 1 && !event.ctrlKey) return;
  event.preventDefault();
  zoomTo(zoom * Math.exp(-event.deltaY / 400), fromMiddle(event));
}, { passive: false });

frame.addEventListener("dblclick", (event) => {
  const real = image.naturalWidth / image.clientWidth;
  zoomTo(zoom > 1 ? 1 : Math.max(2, real), fromMiddle(event));
});

frame.addEventListener("pointerdown", (event) => {
  if (zoom <= 1) return;
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
  const move = (moved) => { x += moved.movementX; y += moved.movementY; draw(); };
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerup", () => frame.removeEventListener("pointermove", move), { once: true });
});

const STEP = 60;
const closer = () => zoomTo(zoom * 1.5), farther = () => zoomTo(zoom / 1.5), whole = () => zoomTo(1);
const KEYS = { "+": closer, "=": closer, "-": farther, 0: whole, f: whole };
more.addEventListener("click", closer);
less.addEventListener("click", farther);
fit.addEventListener("click", whole);
draw();

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
  const pans = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
  if (pans && zoom > 1) {
    [x, y] = [x + pans[0], y + pans[1]];
    draw();
    // The arrows lead to other files only where there is nothing to move.
    event.stopImmediatePropagation();
    event.preventDefault();
  } else if (event.key === "Escape" && zoom > 1) {
    // One more leads back to the folder.
    event.stopImmediatePropagation();
    whole();
  } else if (KEYS[event.key]) KEYS[event.key]();
});
