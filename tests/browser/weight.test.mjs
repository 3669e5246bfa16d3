// What pages weigh, and when they can be used. Bytes and counts are held to limits; times are printed, for they belong to the machine.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { Demo, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

/** Of pages with files, the bucket's own origin is one that they may ask. */
const files = (path) => ({ path, asksTheBucket: true });

function pages() {
  const { started } = demo;
  const [one, data] = [`integrations/${started.integration_id}`, `files/${started.integration_id}?bucket=${started.bucket}`];
  const file = (key) => files(demo.url(`file?locator=${encodeURIComponent(`s3://${started.bucket}/${key}`)}`));
  const own = ["files", data, "search?q=robot", "integrations", one, `${one}/documents`, `${one}/checks`, `${one}/settings`, "connect", "members", "tokens"];
  const operator = ["organizations", "platform", "endpoints", "health"];
  return [
    ...own.map((path) => ({ path: demo.url(path) })),
    ...operator.map((path) => ({ path: `${started.url}/operator/${path}` })),
    files(demo.url(`${data}&prefix=frames%2Frobot-07%2F&view=grid`)), file("frames/robot-07/000042.png"), file("README.md"),
  ];
}

/** Loads a page as somebody does who has never been here, and says what came over the wire until it was still. */
async function load(page, url) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const [hosts, scripts, late] = [new Set(), new Set(), new Set()];
  const urls = new Map();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, response, type }) => {
    const { origin } = new URL(response.url);
    if (response.url.startsWith("data:")) return;
    hosts.add(origin);
    urls.set(requestId, origin);
    if (type === "Script") scripts.add(response.url);
  });
  // What another script imports is known to the page as well, so that it need not wait for that script.
  session.on("Network.requestWillBeSent", ({ request, type, initiator }) => {
    if (type === "Script" && initiator.type !== "parser") late.add(new URL(request.url).pathname);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (urls.get(requestId) === demo.started.url) bytes += encodedDataLength;
  });
  await page.goto(url, { waitUntil: "load" });
  // Whatever scripts do at once, modules included, is done when the event loop has nothing else to do.
  const times = await page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => {
    const [navigation] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
    resolve({ paint, parsed: navigation.domInteractive, run: navigation.domContentLoadedEventEnd, idle: performance.now() });
  }, { timeout: 5000 })));
  await page.waitForLoadState("networkidle");
  await session.detach();
  return { bytes, hosts: [...hosts], scripts: scripts.size, late: [...late], ...times };
}

describe("Every main page", () => {
  it("comes with 100 KB at most, from nobody else, and says when it can be used", async (test) => {
    await visit(browser, demo, "weight", {}, async (visitor) => {
      const page = await visitor.admin();
      for (const { path, asksTheBucket } of pages()) {
        const { bytes, hosts, scripts, late, paint, parsed, run, idle } = await load(page, path);
        const short = path.replace(demo.started.url, "").replace(/(org|int)_\w+/g, "…");
        const millis = (time) => (time ? `${Math.round(time)} ms` : "later");
        test.diagnostic(`${short}: ${(bytes / 1000).toFixed(1)} KB, ${scripts} scripts, first paint ${millis(paint)}, parsed ${millis(parsed)}, scripts run ${millis(run)}, idle ${millis(idle)}`);
        const allowed = [demo.started.url, ...(asksTheBucket ? [demo.started.aws_endpoint_url] : [])];
        assert.ok(hosts.every((host) => allowed.includes(host)), `${short} asks ${hosts}`);
        assert.ok(bytes > 1000 && bytes <= 100_000, `${short}: ${bytes} bytes`);
        assert.ok(scripts <= 12, `${short}: ${scripts} scripts`);
        assert.deepEqual(late, [], `${short}: scripts that are found late`);
      }
    });
  });

  it("has scripts below 40 KB and styles below 15 KB, packed", (test) => {
    const folder = new URL("../../crates/byob-server/assets/", import.meta.url);
    const packed = (ending) => readdirSync(folder).filter((name) => name.endsWith(ending))
      .reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0);
    const sizes = { scripts: packed(".js"), styles: packed(".css") };
    test.diagnostic(JSON.stringify(sizes));
    assert.ok(sizes.scripts > 0 && sizes.scripts < 40_000 && sizes.styles > 0 && sizes.styles < 15_000, JSON.stringify(sizes));
  });
});
