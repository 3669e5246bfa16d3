import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { AwsConsole, without } from "./aws_console.mjs";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";
import { Unwatched } from "./unwatched.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const grid = () => demo.url(`files/${demo.started.integration_id}?bucket=acme-robotics-data&prefix=frames%2Frobot-07%2F&view=grid`);

/** Counts what a page asks the service for, and what the bucket. */
function counted(page) {
  const asked = { keys: 0, resolve: 0, pictures: 0 };
  page.on("request", (request) => {
    const url = request.url();
    if (url.includes("/keys?")) asked.keys += 1;
    if (url.endsWith("/resolve/compact")) asked.resolve += 1;
    if (url.startsWith(demo.started.aws_endpoint_url)) asked.pictures += 1;
  });
  return asked;
}

/** Waits until every tile in the window shows its picture; how many those are. */
async function allLoaded(page, least = 13) {
  const loaded = await page.waitForFunction((least) => {
    const inside = (tile) => { const box = tile.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
    const tiles = [...document.querySelectorAll(".tile")].filter(inside);
    return tiles.length >= least && tiles.every((tile) => tile.querySelector("img")?.naturalWidth > 0) && tiles.length;
  }, least);
  return loaded.jsonValue();
}

/** Goes far down in the grid. Gives what tells the tile in the middle of the window. */
async function farDown(page) {
  await page.goto(grid());
  await page.getByText(/^10,00\d files and folders$/).waitFor();
  await page.evaluate(() => scrollTo(0, 60_000));
  await allLoaded(page);
  return () => page.evaluate(() => document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest(".tile").textContent);
}

describe("A folder of 10,000 pictures", () => {
  it("scrolls as a grid of which only what is seen exists, with one request for each screenful of addresses", async () => {
    await visit(browser, demo, "grid", {}, async (visitor) => {
      const page = await visitor.admin();
      const asked = counted(page);
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      const visible = await allLoaded(page);
      assert.ok(asked.keys <= 11 && asked.resolve <= 2, JSON.stringify(asked));
      await assertAccessible(page);

      for (const top of [0.25, 0.5, 0.75, 1]) {
        asked.resolve = asked.pictures = 0;
        await page.evaluate((top) => scrollTo(0, document.documentElement.scrollHeight * top), top);
        await allLoaded(page);
        assert.ok(asked.resolve <= 2, `${asked.resolve} requests for a screenful`);
        assert.ok(asked.pictures < 4 * visible, `${asked.pictures} pictures for ${visible} tiles`);
        const tiles = await page.locator(".tile").count();
        assert.ok(tiles < 4 * visible, `${tiles} tiles for ${visible} that are seen`);
      }
      assert.equal(asked.keys <= 11, true);
    });
  });

  it("is where it was, on the way back, and loads nothing anew", async () => {
    await visit(browser, demo, "way back", {}, async (visitor) => {
      const page = await visitor.admin();
      const asked = counted(page);
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await page.evaluate(() => scrollTo(0, 60_000));
      await allLoaded(page);
      const tile = page.locator(".tile a").nth(20);
      const name = await tile.locator("span").textContent();
      await tile.click();
      await page.getByRole("heading", { name }).waitFor();
      const seen = asked.pictures;
      await page.goBack();
      await allLoaded(page);
      assert.ok(Math.abs((await page.evaluate(() => scrollY)) - 60_000) < 5);
      await page.waitForFunction((name) => document.activeElement.closest(".tile")?.textContent === name, name);
      assert.ok(Math.abs((await page.evaluate(() => scrollY)) - 60_000) < 5, "and being there moves nothing");
      const requests = await page.evaluate((origin) => performance.getEntriesByType("resource")
        .filter((entry) => entry.name.startsWith(origin) && entry.transferSize > 0).length, demo.started.aws_endpoint_url);
      assert.equal(requests, 0, `of ${asked.pictures - seen} pictures, all come from the browser's cache`);
    });
  });

  it("does not flicker on the way back, however long the names take to come again", async () => {
    await visit(browser, demo, "no flicker", {}, async (visitor) => {
      const page = await visitor.admin();
      const inSight = await farDown(page);
      const name = await inSight();
      let release;
      const held = new Promise((resolve) => { release = resolve; });
      await page.route(/\/keys\?/, async (route) => { await held; await route.continue(); });
      await page.locator(".tile a").nth(20).click();
      await page.locator("#viewer").waitFor();

      await page.goBack();
      await allLoaded(page);
      assert.equal(await inSight(), name, "before any name has come");
      release();
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await allLoaded(page);
      assert.equal(await inSight(), name);
    });
  });

  it("is where it was when it is loaded anew", async () => {
    await visit(browser, demo, "reload", {}, async (visitor) => {
      const page = await visitor.admin();
      const inSight = await farDown(page);
      const name = await inSight();
      await page.waitForFunction(() => history.state?.above > 50_000);
      await page.reload();
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await allLoaded(page);
      assert.equal(await page.evaluate(() => scrollY), 60_000);
      assert.equal(await inSight(), name);
    });
  });

  it("keeps its place when the window is turned", async () => {
    await visit(browser, demo, "turned", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await page.setViewportSize({ width: 360, height: 640 });
      await page.evaluate(() => scrollTo(0, 77_700));
      await allLoaded(page, 6);
      const inSight = () => page.evaluate(() => [...document.querySelectorAll(".tile")]
        .filter((tile) => { const box = tile.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; }).map((tile) => tile.textContent));
      const [first] = await inSight();
      for (const [width, height] of [[740, 360], [360, 640], [1280, 860]]) {
        await page.setViewportSize({ width, height });
        await page.waitForFunction((first) => [...document.querySelectorAll(".tile")].some((tile) => tile.textContent === first), first);
        await allLoaded(page, 4);
        assert.ok((await inSight()).includes(first), `${first} is out of sight at ${width}: ${(await inSight())[0]}`);
      }
    });
  });

  it("is come back to from a file that was gone on to, by one step, by Escape and by its name", async () => {
    await visit(browser, demo, "back to the grid", {}, async (visitor) => {
      const page = await visitor.admin();
      const at = (name) => page.waitForFunction((name) => document.activeElement.closest(".tile")?.textContent === name, name);
      const isGrid = () => page.waitForURL((url) => url.searchParams.get("view") === "grid" && url.searchParams.get("prefix") === "frames/robot-07/");
      await page.goto(grid());
      await page.locator(".tile a", { hasText: "000003.png" }).click();
      for (const next of ["000004.png", "000005.png"]) {
        await page.getByRole("link", { name: "Next" }).click();
        await page.getByRole("heading", { name: next }).waitFor();
      }
      await page.getByRole("link", { name: "Next" }).waitFor();
      await page.goBack();
      await isGrid();
      await at("000005.png");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "000005.png" }).waitFor();
      await page.getByRole("link", { name: "Previous" }).waitFor();
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("heading", { name: "000004.png" }).waitFor();
      await page.getByRole("link", { name: "Previous" }).waitFor();
      await page.keyboard.press("Escape");
      await isGrid();
      await at("000004.png");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "000004.png" }).waitFor();
      await page.getByRole("navigation", { name: "Above this page" }).getByRole("link", { name: "robot-07" }).click();
      await isGrid();
      await at("000004.png");
      await page.goto(grid().replace("robot-07%2F", ""));
      await page.locator(".tile svg").first().waitFor();
      await assertAccessible(page);
    });
  });

  it("puts whoever comes back from a file that is gone at the nearest", async () => {
    await visit(browser, demo, "gone from the grid", {}, async (visitor) => {
      visitor.expected.add(404);
      const page = await visitor.admin();
      const at = (name) => page.waitForFunction((name) => document.activeElement.closest(".tile")?.textContent === name, name);
      const without = (name) => page.route(/\/keys\?/, async (route) => {
        const response = await route.fetch();
        const page = await response.json();
        await route.fulfill({ response, json: { ...page, files: page.files.filter((file) => file !== name) } });
      });
      const back = { step: () => page.goBack(), name: () => page.getByRole("navigation", { name: "Above this page" }).getByRole("link", { name: "robot-07" }).click() };
      for (const [gone, nearest, way] of [["000700.png", "000701.png", back.step], ["000003.png", "000004.png", back.name], ["010000.png", "009999.png", back.step]]) {
        await page.goto(grid());
        await page.getByText(/^10,00\d files and folders$/).waitFor();
        await page.evaluate((at) => scrollTo(0, (at / Math.floor(document.querySelector(".sheet").clientWidth / 148)) * 156), Number.parseInt(gone, 10));
        await page.locator(".tile a", { hasText: gone }).click();
        await page.locator("#viewer").waitFor();
        await without(gone);
        await way();
        await at(nearest);
        await page.getByText(/^\d+,\d+ files and folders$/).waitFor();
        await at(nearest);
        assert.equal(await page.evaluate(() => { const box = document.activeElement.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }), true);
        await page.unroute(/\/keys\?/);
      }
    });
  });

  it("carries nobody away who has moved on since they came back", async () => {
    await visit(browser, demo, "moved on", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await page.evaluate(() => scrollTo(0, 60_000));
      await allLoaded(page);
      let release;
      const held = new Promise((resolve) => { release = resolve; });
      await page.route(/\/keys\?.*cursor=/, async (route) => { await held; await route.continue(); });
      await page.locator(".tile a").nth(20).click();
      await page.locator("#viewer").waitFor();
      await page.getByRole("navigation", { name: "Above this page" }).getByRole("link", { name: "robot-07" }).click();
      await page.getByText("1,000 so far…").waitFor();
      await page.mouse.move(640, 500);
      await page.mouse.wheel(0, 2000);
      await page.waitForFunction(() => scrollY === 2000);
      release();
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      assert.deepEqual(await page.evaluate(() => [scrollY, document.activeElement.tagName]), [2000, "BODY"]);
    });
  });

  it("is gone through by keyboard, as far as it goes", async () => {
    await visit(browser, demo, "grid keys", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      const at = () => page.evaluate(() => document.activeElement.closest(".tile")?.textContent);
      await page.locator(".tile a").first().focus();
      const first = await at();
      await page.keyboard.press("ArrowRight");
      const second = await at();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowUp");
      assert.equal(await at(), first);
      await page.keyboard.press("ArrowUp");
      assert.equal(await at(), first, "there is nothing above");
      await page.keyboard.press("End");
      assert.match(await at(), /^010000\.png/);
      await page.keyboard.press("Home");
      assert.equal(await at(), first);
      await page.keyboard.press("ArrowRight");
      await page.evaluate(() => scrollTo(0, 60_000));
      await allLoaded(page);
      assert.equal(await at(), second, "who scrolls away is still there");
      await page.keyboard.press("ArrowRight");
      assert.match(await at(), /^000003\.png/);
      assert.ok((await page.evaluate(() => document.activeElement.getBoundingClientRect().top)) >= 0, "and what is gone to is in sight");
    });
  });

  it("is picked from as its list is, by mouse and by keyboard, however far somebody scrolls", async () => {
    await visit(browser, demo, "grid picking", { permissions: ["clipboard-read", "clipboard-write"] }, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await allLoaded(page);
      const box = (name) => page.getByRole("checkbox", { name: `Pick ${name}`, exact: true });
      const copy = page.getByRole("button", { name: "Copy locators" });
      const opacity = () => box("000001.png").evaluate((box) => getComputedStyle(box).opacity);
      await page.mouse.move(0, 0);
      assert.equal(await opacity(), "0");
      assert.equal(await copy.isVisible(), false, "nothing covers the grid while nothing is picked");
      await page.locator(".tile a").first().hover();
      assert.equal(await opacity(), "1");
      await box("000001.png").click();
      await page.getByText("1 picked", { exact: true }).waitFor();
      assert.equal(await box("000009.png").evaluate((box) => getComputedStyle(box).opacity), "1", "once one is picked, all boxes are seen");

      await page.locator(".tile a", { hasText: "000003.png" }).focus();
      await page.keyboard.press("Shift+Space");
      await page.getByText("3 picked", { exact: true }).waitFor();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Space");
      await page.getByText("4 picked", { exact: true }).waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await page.getByText("3 picked", { exact: true }).waitFor();
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.evaluate(() => document.activeElement.closest(".tile").textContent), "000005.png", "arrows lead on from a box, too");
      await assertAccessible(page);
      await page.evaluate(() => document.activeElement.blur());

      await page.evaluate(() => scrollTo(0, 60_000));
      await allLoaded(page);
      assert.equal(await box("000002.png").count(), 0);
      await page.evaluate(() => scrollTo(0, 0));
      await allLoaded(page);
      assert.deepEqual(await page.locator(".tile input:checked").evaluateAll((boxes) => boxes.map((box) => box.value.slice(-10))), ["000001.png", "000002.png", "000003.png"]);
      await copy.click();
      await page.getByText("3 locators are copied").waitFor();
      const locators = ["000001", "000002", "000003"].map((name) => `s3://acme-robotics-data/frames/robot-07/${name}.png`);
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), locators.join("\n"));

      await page.getByRole("link", { name: "List", exact: true }).click();
      await page.getByText("3 picked", { exact: true }).waitFor();
      assert.equal(await box("000002.png").isChecked(), true, "the list knows what was picked in the grid");
      await box("000002.png").uncheck();
      await page.getByRole("link", { name: "Grid", exact: true }).click();
      await page.getByText("2 picked", { exact: true }).waitFor();
      await page.goto(demo.url(`files/${demo.started.integration_id}?bucket=acme-robotics-data&prefix=frames%2F&view=grid`));
      await page.getByText("2 picked, 0 of them on this page").waitFor();
      await page.locator(".tile a").first().focus();
      await page.keyboard.press("Space");
      assert.equal(await page.locator(".tile input").count(), 0, "folders are not picked");
      await page.getByRole("link", { name: "List", exact: true }).click();
      await page.getByText("2 picked, 0 of them on this page").waitFor();
      await page.getByRole("button", { name: "Pick none" }).click();
      assert.equal(await copy.isVisible(), false);
      await page.goto(grid());
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      await box("000003.png").focus();
      await page.keyboard.press("Space");
      await page.getByRole("button", { name: "Pick none" }).focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.closest(".tile")?.textContent), "000003.png", "who picked it is still there");
    });
  });

  it("is picked from as a whole, from the first to the last", async () => {
    await visit(browser, demo, "grid picking all", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(grid());
      const told = page.getByText(/^10,00\d files and folders$/);
      await told.waitFor();
      const count = Number((await told.textContent()).split(" ")[0].replace(",", ""));
      await page.locator(".tile a").first().focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("End");
      await page.keyboard.press("Shift+Space");
      await page.getByText(`${count.toLocaleString("en")} picked`, { exact: true }).waitFor();
      const [focus, bar] = await page.evaluate(() => [document.activeElement, document.querySelector(".selection")].map((one) => one.getBoundingClientRect().toJSON()));
      assert.ok(focus.bottom <= bar.top + 1, `the last tile ends at ${focus.bottom}, the bar begins at ${bar.top}`);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a list" }).click()]);
      const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
      assert.equal(lines.length, count);
      assert.deepEqual(JSON.parse(lines.at(-1)), { locator: "s3://acme-robotics-data/frames/robot-07/010000.png" });
    });
  });

  it("is picked from by touch, in a narrow window, and nothing that has the focus is covered", async () => {
    const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
    for (const colorScheme of ["light", "dark"]) {
      await visit(browser, demo, `grid touch ${colorScheme}`, { ...phone, colorScheme }, async (visitor) => {
        const page = await visitor.admin();
        await page.goto(grid());
        await page.getByText(/^10,00\d files and folders$/).waitFor();
        const box = page.locator(".tile input").first();
        assert.equal(await box.evaluate((box) => getComputedStyle(box).opacity), "1");
        await box.tap();
        await page.getByText("1 picked", { exact: true }).waitFor();
        await assertAccessible(page);
        await page.locator(".tile a").first().focus();
        for (let row = 0; row < 12; row += 1) {
          await page.keyboard.press("ArrowDown");
          const [focus, bar] = await page.evaluate(() => [document.activeElement, document.querySelector(".selection")].map((one) => one.getBoundingClientRect().toJSON()));
          assert.ok(focus.bottom <= bar.top + 1, `row ${row} ends at ${focus.bottom}, the bar begins at ${bar.top}`);
        }
      });
    }
  });

  it("says what keeps it from being shown, leads to what mends that, and tries again", async () => {
    const integration = `integrations/${demo.started.integration_id}`;
    const serve = (enabled) => demo.api("PATCH", integration, { enabled });
    const told = (page) => page.getByText(/^10,00\d files and folders$/);
    const refused = (page) => page.getByRole("alert").getByText("is turned off");
    const again = async (page) => { await page.getByRole("button", { name: "Try again" }).click(); await told(page).waitFor(); await allLoaded(page); };
    await visit(browser, demo, "grid trouble", {}, async (visitor) => {
      visitor.expected.add(404).add(409).add(502);
      const page = await visitor.admin();
      const way = page.getByRole("link", { name: "See the integration" });
      try {
        await serve(false);
        await page.goto(grid());
        await refused(page).waitFor();
        assert.equal(await way.getAttribute("href"), new URL(demo.url(integration)).pathname);
        await assertAccessible(page);
        await serve(true);
        await again(page);
        assert.equal(await page.getByRole("alert").count(), 0);

        await serve(false);
        await page.evaluate(() => scrollTo(0, 60_000));
        await refused(page).waitFor();
        const { y, height } = await page.getByRole("alert").boundingBox();
        assert.ok(y >= 0 && y + height < 860, "addresses fail, and whoever is deep in the folder sees why");
        await assertAccessible(page);
        await serve(true);
        await again(page);
        assert.equal(await page.evaluate(() => scrollY), 60_000);
      } finally {
        await serve(true);
      }

      await page.route(/\/keys\?.*cursor=/, (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" }));
      await page.goto(grid());
      await page.getByRole("alert").getByText("The service answered 502.").waitFor();
      await page.getByText("The first 1,000 files and folders").waitFor();
      assert.equal(await way.isVisible(), false, "that is not the integration's fault");
      await page.unroute(/\/keys\?.*cursor=/);
      await again(page);
    });
    await visit(browser, demo, "grid trouble of a member", {}, async (visitor) => {
      visitor.expected.add(404).add(409);
      const { link } = await demo.api("POST", "members", { email: "mina@acme-robotics.example", role: "member" });
      const page = await visitor.open(link);
      await page.getByLabel("New password").fill("a password of some length");
      await page.getByRole("button", { name: "Join" }).click();
      await page.getByRole("heading", { name: "Files" }).waitFor();
      await serve(false);
      try {
        for (const view of ["grid", "list"]) {
          await page.goto(grid().replace("view=grid", `view=${view}`));
          await refused(page).waitFor();
          await page.getByText("Ask an admin of your organization to look at the connection.").waitFor();
          assert.equal(await page.getByRole("link", { name: "See the integration" }).count(), 0);
        }
      } finally {
        await serve(true);
      }
    });
  });

  it("says why where the bucket refuses the pictures themselves, once, and nothing where only they are broken", async () => {
    const { access_policy: policy } = await demo.api("GET", `integrations/${demo.started.integration_id}/documents`);
    await visit(browser, demo, "grid refused", {}, async (visitor) => {
      visitor.expected.add(403);
      const page = await visitor.admin();
      const aws = new AwsConsole(await visitor.open(), demo);
      let diagnosed = 0;
      page.on("request", (request) => { if (request.url().endsWith("/resolve/diagnose")) diagnosed += 1; });
      try {
        await aws.createInline("byob-access", "byob-access", JSON.stringify(without(policy, "s3:GetObject")));
        await page.goto(grid());
        const alert = page.getByRole("alert");
        await alert.getByText("No policy of the role allows s3:GetObject").waitFor();
        await alert.getByText("Add s3:GetObject to the role's access policy").waitFor();
        await alert.getByRole("link", { name: "See the integration" }).waitFor();
        assert.deepEqual(JSON.parse(await alert.getByRole("group", { name: "Access policy, as it should be" }).locator("code").textContent()), policy);
        await page.getByText(/^10,00\d files and folders$/).waitFor();
        assert.equal(diagnosed, 1);
        await assertAccessible(page);
      } finally {
        await aws.createInline("byob-access", "byob-access", JSON.stringify(policy));
      }
      await page.getByRole("button", { name: "Try again" }).click();
      await allLoaded(page);
      assert.equal(await page.getByRole("alert").count(), 0);

      // What of this page is still to load would be broken, too.
      await page.goto("about:blank");
      diagnosed = 0;
      await page.route(/frames\/robot-07\/.*\.png\?/, (route) => route.fulfill({ contentType: "image/png", body: "no picture" }));
      const answered = page.waitForResponse(/resolve\/diagnose$/);
      await page.goto(grid());
      await (await answered).finished();
      await page.getByText(/^10,00\d files and folders$/).waitFor();
      assert.deepEqual([diagnosed, await page.getByRole("alert").count()], [1, 0]);
    });
  });

  it("calls a file without a picture by its name alone", async () => {
    await visit(browser, demo, "names in the grid", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(grid().replace("frames%2Frobot-07%2F", "reports%2F"));
      await page.getByRole("link", { name: "shift.html", exact: true }).waitFor();
      assert.equal(await page.locator(".tile i", { hasText: "html" }).isVisible(), true);
    });
  });

  it("takes less than 150 MB while all of them are scrolled through, and says how much script that is", async (test) => {
    await visit(browser, demo, "scrolling", {}, async (visitor) => {
      const page = await visitor.admin();
      const tab = await Unwatched.open(browser, grid(), await page.context().cookies());
      await tab.shows(/10,00\d files and folders/);
      await tab.send("Performance.enable", {});
      const script = async () => (await tab.send("Performance.getMetrics", {})).metrics.find(({ name }) => name === "ScriptDuration").value;
      const [before, frames] = [await script(), 150];
      await tab.evaluate(`(async () => {
        for (let frame = 1; frame <= ${frames}; frame += 1) { scrollTo(0, frame * 200); await new Promise(requestAnimationFrame); }
      })()`);
      test.diagnostic(`script for each frame: ${((await script() - before) * 1000 / frames).toFixed(1)} ms`);

      const sizes = [];
      const height = await tab.evaluate("document.documentElement.scrollHeight");
      for (let top = 0; top < height; top += 800) {
        // As fast as the pictures come.
        await tab.evaluate(`scrollTo(0, ${top}); new Promise((resolve) => {
          const areThere = () => document.images.length > 0 && [...document.images].every((image) => image.src && image.complete);
          const look = () => (areThere() ? resolve() : requestAnimationFrame(look));
          requestAnimationFrame(look);
        })`);
        if (top % 16_000 === 0) sizes.push(Math.round(await tab.footprint() / 1e6));
      }
      test.diagnostic(`megabytes on the way: ${sizes.join(", ")}`);
      assert.ok(sizes.length > 10 && sizes.every((size) => size < 150), sizes.join(", "));
    });
  });
});
