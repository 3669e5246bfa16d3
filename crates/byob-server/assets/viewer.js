// Shows text, of which only the beginning is fetched; keeps videos and sounds playing when their address dies; and says so when a file does
// not load.

import { call, resolve } from "./resolve.js";

const LONGEST = 256 * 1024;
const viewer = document.getElementById("viewer");
const { organization, locator, integrations } = viewer.dataset;
const trouble = document.getElementById("trouble");

/** Says that the file does not load, and asks the service why. */
async function fails(why) {
  const [what, fix, link] = trouble.children;
  what.textContent = why ?? "The file does not load. Finding out why…";
  trouble.hidden = false;
  try {
    const { trouble: found } = await call(organization, "/api/v1/resolve/diagnose", { locator });
    what.textContent = found?.detail.replaceAll("`", "") ?? why ?? "The file does not load here, though it does from where the service is: perhaps a network or an extension of the browser is in the way.";
    fix.textContent = found?.fix.replaceAll("`", "") ?? "";
    if (found && integrations) {
      link.firstElementChild.href = `${integrations}/${found.integration_id}`;
      link.hidden = false;
    }
  } catch (error) {
    what.textContent = why ?? `The file does not load. ${error.message}`;
  }
}

const image = document.querySelector("#viewer img");
if (image) {
  image.addEventListener("error", () => fails());
  // It may have failed before this script ran.
  if (image.complete && image.naturalWidth === 0) fails();
}

/** Plays on from the same moment with a new address: before the old one dies, and after it has. */
function keepPlaying(player) {
  let dies = Date.parse(viewer.dataset.expires);
  let renewing = false;
  const renew = async () => {
    if (renewing) return;
    renewing = true;
    try {
      const [fresh] = await resolve(organization, [locator]);
      if (!fresh.url) throw new Error(fresh.error.detail);
      dies = Date.parse(fresh.expires_at);
      if (fresh.url !== player.src) {
        const { currentTime, paused, playbackRate } = player;
        player.src = fresh.url;
        player.currentTime = currentTime;
        player.playbackRate = playbackRate;
        if (!paused) await player.play();
      }
      schedule();
    } catch (error) {
      fails(error.message);
    } finally {
      renewing = false;
    }
  };
  // Ahead by a quarter of what is left, a minute at most.
  const schedule = () => {
    if (Number.isNaN(dies)) return;
    const left = dies - Date.now();
    setTimeout(renew, Math.max(1000, left - Math.min(60_000, left / 4)));
  };
  player.addEventListener("error", () => (dies < Date.now() ? renew() : fails()));
  if (player.error) fails();
  schedule();
}
const player = document.querySelector("#viewer video, #viewer audio");
if (player) keepPlaying(player);

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
    fails(error instanceof TypeError ? undefined : error.message);
  }
}
