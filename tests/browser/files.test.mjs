import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { AwsConsole } from "./aws_console.mjs";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const file = (key) => demo.url(`file?locator=${encodeURIComponent(`s3://acme-robotics-data/${key}`)}`);
const folder = (prefix = "") => demo.url(`files/${demo.started.integration_id}?bucket=acme-robotics-data&prefix=${encodeURIComponent(prefix)}`);

/** What a page loads from the bucket's own origin, with its status. */
function fromBucket(page) {
  const loaded = [];
  page.on("response", (response) => {
    if (response.url().startsWith(demo.started.aws_endpoint_url)) loaded.push([new URL(response.url()).pathname, response.status()]);
  });
  return loaded;
}

describe("Files", () => {
  it("are found folder by folder, and by their key", async () => {
    await visit(browser, demo, "browse", {}, async (visitor) => {
      const page = await visitor.admin("files");
      await page.getByRole("link", { name: "Robot data" }).click();
      await page.getByRole("link", { name: "reports/" }).click();
      await page.getByRole("heading", { name: "reports" }).waitFor();
      await assertAccessible(page);
      await page.getByRole("navigation", { name: "Above this page" }).getByRole("link", { name: "Robot data" }).click();
      await page.getByRole("link", { name: "frames/" }).click();
      await page.getByRole("link", { name: "robot-07/" }).click();
      const first = await page.locator("tbody th").first().textContent();
      await page.getByRole("link", { name: "More" }).click();
      await page.waitForURL(/cursor=/);
      assert.notEqual(await page.locator("tbody th").first().textContent(), first);
      await page.goBack();
      assert.equal(await page.locator("tbody th").first().textContent(), first, "the address holds the state");
      await page.keyboard.press("/");
      await page.keyboard.type("/frames/robot-07/000042.png");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "000042.png" }).waitFor();
      await page.getByRole("navigation", { name: "Above this page" }).getByRole("link", { name: "robot-07" }).click();
      await page.getByRole("heading", { name: "robot-07" }).waitFor();
    });
  });

  it("come straight from the bucket, each as its browser shows it", async () => {
    await visit(browser, demo, "viewers", {}, async (visitor) => {
      // An empty file has no range.
      visitor.expected.add(416);
      const page = await visitor.admin();
      const loaded = fromBucket(page);
      const loads = async (key, ready) => {
        loaded.length = 0;
        await page.goto(file(key));
        await page.waitForFunction(ready);
        assert.ok(loaded.length && loaded.every(([, status]) => [200, 206].includes(status)), `${key}: ${JSON.stringify(loaded)}`);
        assert.equal(await page.locator("#trouble").isVisible(), false, key);
        await assertAccessible(page);
      };
      await loads("pictures/aisle.jpg", () => document.querySelector("#viewer img").naturalWidth > 100);
      await loads("videos/aisle.webm", () => document.querySelector("#viewer video").duration > 0);
      await loads("audio/signal.wav", () => document.querySelector("#viewer audio").duration > 0);
      await loads("README.md", () => document.getElementById("text").textContent.includes("Warehouse 2"));
      await page.goto(file("empty.txt"));
      await page.getByText("The file is empty.").waitFor();
      await page.goto(file("pictures/floor-plan.svg"));
      await page.getByText("Browsers do not show files like this one in place").waitFor();
    });
  });

  it("lead on to the next, and pictures can be looked at closely", async () => {
    await visit(browser, demo, "pictures", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(file("frames/robot-07/000999.png"));
      await page.getByRole("link", { name: "Next" }).waitFor();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("heading", { name: "001000.png" }).waitFor();
      await page.getByRole("link", { name: "Next" }).click();
      await page.getByRole("heading", { name: "001001.png" }).waitFor();
      await page.getByRole("link", { name: "Previous" }).click();
      await page.getByRole("heading", { name: "001000.png" }).waitFor();
      const scale = () => page.evaluate(() => new DOMMatrix(getComputedStyle(document.querySelector("#viewer img")).transform).a);
      await page.getByRole("link", { name: "Next" }).waitFor();
      await page.keyboard.press("+");
      assert.ok((await scale()) > 1.4);
      await page.keyboard.press("ArrowRight");
      assert.ok((await page.evaluate(() => new DOMMatrix(getComputedStyle(document.querySelector("#viewer img")).transform).e)) < 0, "it moves");
      await page.getByRole("heading", { name: "001000.png" }).waitFor();
      await page.locator("#viewer").hover();
      await page.mouse.wheel(0, -400);
      await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector("#viewer img")).transform).a > 3);
      await page.keyboard.press("0");
      assert.equal(await scale(), 1);
      await page.goto(file("README.md"));
      await page.getByRole("link", { name: "Next" }).waitFor();
      await assertAccessible(page);
    });
  });

  it("play on when their first address has died", async () => {
    await visit(browser, demo, "renewal", {}, async (visitor) => {
      visitor.expected.add(403);
      const page = await visitor.admin();
      const integration = `integrations/${demo.started.integration_id}`;
      await demo.api("PATCH", integration, { longest_url_lifetime: 8 });
      try {
        await page.goto(file("videos/aisle.webm"));
        await page.waitForFunction(() => document.querySelector("video").duration > 0);
        const first = await page.locator("video").getAttribute("src");
        const at = await page.evaluate(() => { const video = document.querySelector("video"); return (video.currentTime = video.duration / 2); });
        // Not the passing of time is waited for, but that the bucket says so.
        for (let tries = 0; (await fetch(first, { headers: { range: "bytes=0-1" } })).status !== 403; tries += 1) {
          assert.ok(tries < 60, "the first address dies");
          await setTimeout(500);
        }
        await page.waitForFunction((first) => document.querySelector("video").src !== first, first);
        await page.waitForFunction(() => document.querySelector("video").readyState >= 2);
        assert.ok(Math.abs((await page.evaluate(() => document.querySelector("video").currentTime)) - at) < 0.5, "the position stays");
        const end = await page.evaluate(() => { const video = document.querySelector("video"); return (video.currentTime = video.duration - 0.5); });
        await page.waitForFunction((end) => { const video = document.querySelector("video"); return !video.seeking && Math.abs(video.currentTime - end) < 0.5; }, end);
        assert.equal(await page.locator("#trouble").isVisible(), false);
      } finally {
        await demo.api("PATCH", integration, { longest_url_lifetime: 3600 });
      }
    });
  });

  it("of any name open", async () => {
    await visit(browser, demo, "odd names", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(folder("odd-names/"));
      const links = await page.locator("tbody a.file").evaluateAll((links) => links.map((link) => link.href));
      assert.ok(links.length > 5);
      for (const link of links.filter((link) => link.includes("/file?"))) {
        await page.goto(link);
        assert.equal(await page.getByRole("alert").count(), 0, link);
      }
    });
  });

  it("say why they do not load", async () => {
    await visit(browser, demo, "trouble", {}, async (visitor) => {
      visitor.expected.add(404).add(403);
      const page = await visitor.admin();
      page.removeAllListeners("console");
      await page.goto(file("pictures/gone.png"));
      await page.getByText("The object pictures/gone.png does not exist (any more).").waitFor();
      await page.getByRole("link", { name: "Check the connection" }).waitFor();
      await page.goto(demo.url("file?locator=s3://nobodys-bucket/x.png"));
      await page.getByRole("alert").getByText("nobodys-bucket").waitFor();
      const aws = new AwsConsole(await visitor.open(), demo);
      await aws.setCors("acme-robotics-data", "");
      await page.goto(file("README.md"));
      await page.getByText("The bucket has no CORS configuration").waitFor();
      await assertAccessible(page);
    });
  });

  it("are all that a viewer sees", async () => {
    await visit(browser, demo, "viewer", {}, async (visitor) => {
      visitor.expected.add(403);
      const { link } = await demo.api("POST", "members", { email: "vera@acme-robotics.example", role: "viewer" });
      const page = await visitor.open(link);
      await page.getByLabel("New password").fill("a password of some length");
      await page.getByRole("button", { name: "Join" }).click();
      await page.getByRole("heading", { name: "Files" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "Robot data" }).count(), 0);
      await page.getByLabel("Locator of a file").fill("s3://acme-robotics-data/pictures/aisle.jpg");
      await page.getByRole("button", { name: "Open" }).click();
      await page.waitForFunction(() => document.querySelector("#viewer img")?.naturalWidth > 100);
      await page.goto(folder());
      await page.getByRole("heading", { name: "This is not for you to see" }).waitFor();
    });
  });
});
