// Shows Markdown: the text comes from the bucket, and the service, which has a library for it, makes markup of it that can be trusted.

import { showText } from "./viewer.js";

await showText(256 * 1024, async (content, text) => {
  const response = await fetch(content.dataset.render, { method: "POST", headers: { "content-type": "text/plain" }, body: text });
  if (response.redirected) throw new Error("You are no longer signed in: reload this page.");
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  content.innerHTML = await response.text();
  // The browser looked for the heading that the address names before there was one.
  if (location.hash) location.replace(location.hash);
});
