// Keeps videos and sounds playing when their address dies, and says so when they, or a picture, do not load.

import { resolve } from "./resolve.js";
import { fails, viewer } from "./viewer.js";

const { organization, locator } = viewer.dataset;

const image = viewer.querySelector("img");
if (image) {
  image.addEventListener("error", () => fails(undefined, image));
  // It may have failed before this script ran.
  if (image.complete && image.naturalWidth === 0) fails(undefined, image);
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
  player.addEventListener("error", () => (dies < Date.now() ? renew() : fails(undefined, player)));
  if (player.error) fails(undefined, player);
  schedule();
}
const player = viewer.querySelector("video, audio");
if (player) keepPlaying(player);
