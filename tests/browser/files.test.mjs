import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
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

/** The answer that fills the frame of a document. The script beside it asks for the same address: once, for its first byte. */
const fillsTheFrame = (response) => response.request().isNavigationRequest() && response.headers()["content-type"] === "application/pdf";

/** That the browser puts its own viewer into the frame. */
async function showsPdf(page) {
  for (let tries = 0; !page.frames().some((frame) => frame.url().startsWith("chrome-extension://")); tries += 1) {
    assert.ok(tries < 60, "the viewer of PDF comes");
    await setTimeout(250);
  }
}

describe("Files", () => {
  it("a document that is not there says so", async () => {
    await visit(browser, demo, "no document", {}, async (visitor) => {
      visitor.expected.add(404);
      const page = await visitor.admin(`file?locator=${encodeURIComponent("s3://acme-robotics-data/reports/nosuch.pdf")}`);
      await page.getByRole("alert").getByText("does not exist").waitFor();
      assert.equal(await page.locator("iframe").isVisible(), false);
      // The bucket answers with XML, which Chromium would show by a script of its own.
      visitor.complaints = visitor.complaints.filter((complaint) => !complaint.includes("Blocked script execution"));
    });
  });

  it("are found folder by folder, and by their key", async () => {
    await visit(browser, demo, "browse", {}, async (visitor) => {
      const page = await visitor.admin("files");
      await page.getByRole("link", { name: "Robot data" }).click();
      await page.getByRole("link", { name: "reports/" }).click();
      await page.getByRole("heading", { name: "reports" }).waitFor();
      await assertAccessible(page);
      await page.getByRole("navigation", { name: "Above this page" }).getByRole("link", { name: "Robot data" }).click();
      await page.getByRole("link", { name: "frames/" }).click();
      await page.getByRole("link", { name: "robot-07/" }).waitFor();
      await assertAccessible(page);
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
      const above = page.getByRole("navigation", { name: "Above this page" }).getByRole("link");
      assert.deepEqual(await above.allTextContents(), ["Files", "Robot data", "frames", "robot-07"]);
      await above.last().click();
      await page.getByRole("heading", { name: "robot-07" }).waitFor();
    });
  });

  it("are gone to from the folder that is looked at, as from the top, and folders without their slash", async () => {
    await visit(browser, demo, "jump", {}, async (visitor) => {
      const page = await visitor.admin();
      const jump = async (from, typed) => {
        await page.goto(folder(from));
        await page.getByLabel("Go to a file or a folder").fill(typed);
        await page.getByRole("button", { name: "Go", exact: true }).click();
      };
      await jump("frames/robot-07/", "000042.png");
      await page.getByRole("heading", { name: "000042.png" }).waitFor();
      await jump("frames/", "robot-07");
      await page.getByRole("heading", { name: "robot-07" }).waitFor();
      await jump("frames/robot-07/", "reports/shift.html");
      await page.getByRole("heading", { name: "shift.html" }).waitFor();
      await jump("frames/robot-07/", "/reports");
      await page.getByRole("heading", { name: "reports" }).waitFor();
      await jump("frames/", "robot-07/");
      await page.waitForURL((url) => url.searchParams.get("prefix") === "frames/robot-07/");
      await jump("frames/", "s3://acme-robotics-data/README.md");
      await page.getByRole("heading", { name: "README.md" }).waitFor();
      await jump("frames/", "s3://acme-robotics-data/reports/");
      await page.getByRole("heading", { name: "reports" }).waitFor();
      await jump("frames/", "nosuch/");
      await page.getByRole("alert").getByText("No file and no folder is called nosuch/").waitFor();
      await jump("frames/", "/000042.png");
      await page.getByRole("alert").getByText("No file and no folder is called /000042.png").waitFor();
      assert.equal(await page.getByLabel("Go to a file or a folder").inputValue(), "/000042.png", "what was typed is kept");
      await assertAccessible(page);
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
      await loads("pictures/floor-plan.svg", () => document.querySelector("#viewer img").naturalWidth > 100);
      await loads("README.md", () => document.querySelector("#content h2")?.textContent.includes("Warehouse 2") && document.querySelector("#content img").naturalWidth > 100);
      await page.getByRole("link", { name: "Text", exact: true }).click();
      await page.getByText("# Warehouse 2").waitFor();
      await loads("reports/shift.html", () => document.getElementById("content").textContent.includes("</html>") && CSS.highlights.get("keyword").size > 10);
      assert.equal(await page.locator("#content *").count(), 0, "HTML of a bucket is text here");
      await page.goto(file("empty.txt"));
      await page.getByText("The file is empty.").waitFor();
    });
  });

  it("that are documents lead to their headings, and from one to the other", async () => {
    await visit(browser, demo, "headings", { viewport: { width: 1280, height: 500 } }, async (visitor) => {
      const page = await visitor.admin();
      const text = ["# Größe", "[Jump](#part)", "[Itself](README.md#größe)", ...Array(80).fill("Words."), "## Part", ...Array(80).fill("Words.")].join("\n\n");
      await page.route((url) => url.href.startsWith(demo.started.aws_endpoint_url) && url.pathname.endsWith("README.md"), (route) => route.fulfill({ headers: { "access-control-allow-origin": "*" }, body: text }));
      const heading = (name) => page.locator("#content").getByRole("heading", { name });
      const top = async (name) => (await heading(name).boundingBox()).y;
      const isAtTop = (id) => page.waitForFunction((id) => Math.abs(document.getElementById(id)?.getBoundingClientRect().top - 16) < 2, id);
      await page.goto(file("README.md"));
      await page.getByRole("link", { name: "Jump" }).click();
      await isAtTop("md-part");
      await page.goBack();
      await page.getByRole("link", { name: "Jump" }).waitFor();
      assert.ok((await top("Größe")) > 0, "the way back leads up again");
      assert.deepEqual(await Promise.all(["Größe", "Part"].map((name) => heading(name).evaluate((one) => [one.localName, getComputedStyle(one).fontSize]))), [["h2", "20px"], ["h3", "17px"]]);
      await page.goto(demo.url("files"));
      await page.goto(`${file("README.md")}#md-part`);
      await isAtTop("md-part");
      await assertAccessible(page);
      await page.getByRole("link", { name: "Itself" }).click();
      await page.waitForURL(/#md-gr/);
      await isAtTop("md-größe");
      await page.goBack();
      await page.waitForURL(/#md-part$/);
      await page.goto(`${file("README.md")}#%`);
      await heading("Part").waitFor();
    });
  });

  it("of a kind of their own are shown as what they are", async () => {
    await visit(browser, demo, "data", {}, async (visitor) => {
      const page = await visitor.admin();
      const loaded = fromBucket(page);
      const [pdf] = await Promise.all([
        page.waitForResponse(fillsTheFrame),
        page.goto(file("reports/inspection-robot-07.pdf")),
      ]);
      assert.ok(pdf.url().startsWith(demo.started.aws_endpoint_url));
      assert.deepEqual([pdf.status(), pdf.headers()["content-type"]], [200, "application/pdf"]);
      await showsPdf(page);

      loaded.length = 0;
      await page.goto(file("tables/picks.json"));
      await page.locator("#content summary").first().click();
      await page.locator("#content details[open] li").first().waitFor();
      // The viewer of the PDF may be at it still.
      assert.deepEqual(loaded.filter(([path]) => path.endsWith("picks.json")).map(([, status]) => status), [206]);
      await assertAccessible(page);

      await page.goto(file("tables/telemetry.csv"));
      await page.getByRole("columnheader", { name: "battery_percent number" }).waitFor();
      await page.getByText("The first 100 rows. The service read all of its").waitFor();
      await assertAccessible(page);
      await page.getByRole("link", { name: "Show 1,000 rows" }).click();
      await page.getByText("The first 1,000 rows.").waitFor();
      await page.goto(file("annotations/robot-07.jsonl"));
      await page.getByRole("columnheader", { name: "objects list" }).waitFor();
      await page.goto(file("tables/telemetry.parquet"));
      await page.getByRole("columnheader", { name: "battery_percent number" }).waitFor();
      await page.getByText("The service read").waitFor();

      loaded.length = 0;
      await page.goto(file("pictures/aisle.jpg"));
      await page.waitForFunction(() => document.querySelector("#viewer img")?.naturalWidth > 100);
      await page.getByRole("link", { name: "Bytes" }).click();
      await page.getByText("00000000  ff d8 ff").waitFor();
      await page.getByRole("button", { name: "Show more" }).click();
      await page.getByText("00002000  ").waitFor();
      assert.deepEqual(loaded.map(([, status]) => status), [200, 206, 206]);
      await assertAccessible(page);
    });
  });

  it("have details and versions beside them", async () => {
    await visit(browser, demo, "details", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(file("reports/calibration.json"));
      const versions = page.getByRole("complementary", { name: "About this file" }).getByRole("listitem");
      await versions.nth(3).waitFor();
      assert.equal(await versions.count(), 4);
      await assertAccessible(page);
      await versions.nth(3).getByRole("link").click();
      await page.waitForURL(/versionId/);
      await versions.nth(3).waitFor();
      assert.equal(await versions.nth(3).getByRole("link").getAttribute("aria-current"), "true");
      await page.getByText("which may not be the latest").waitFor();
      await assertAccessible(page);
      await page.getByRole("link", { name: "See the latest" }).click();
      await page.waitForURL((url) => !url.href.includes("versionId"));
      await page.goto(demo.url(`file/details?locator=${encodeURIComponent("s3://acme-robotics-data/reports/calibration.json")}`));
      await page.getByRole("heading", { name: "Details" }).first().waitFor();
      await assertAccessible(page);
    });
  });

  it("that were deleted lead to their versions", async () => {
    await visit(browser, demo, "deleted", {}, async (visitor) => {
      visitor.expected.add(404);
      const aws = new AwsConsole(await visitor.open(), demo);
      await aws.deleteObject("acme-robotics-data", "pictures/pick.jpg");
      const page = await visitor.admin();
      await page.goto(file("pictures/pick.jpg"));
      const versions = page.getByRole("complementary", { name: "About this file" }).getByRole("listitem");
      await versions.nth(2).waitFor();
      assert.equal(await versions.count(), 3);
      await versions.nth(0).getByText("Deleted").waitFor();
      assert.equal(await versions.nth(0).getByRole("link").count(), 0);
      await page.getByRole("alert").getByText("does not exist").waitFor();
      await assertAccessible(page);
      await versions.nth(2).getByRole("link").click();
      await page.waitForFunction(() => document.querySelector("#viewer img")?.naturalWidth > 100);
      await page.goto(demo.url(`file/details?locator=${encodeURIComponent("s3://acme-robotics-data/pictures/pick.jpg")}`));
      await page.getByRole("alert").getByText("does not exist").waitFor();
      assert.equal(await page.locator(".versions").getByRole("link").count(), 2, "without scripts as well");
      await assertAccessible(page);
      await page.goto(file("pictures/nosuch.jpg"));
      await page.getByText("Nothing more is known of it.").waitFor();
    });
  });

  it("are where somebody was when they come back", async () => {
    await visit(browser, demo, "back to the list", { viewport: { width: 1280, height: 400 } }, async (visitor) => {
      const page = await visitor.admin();
      const at = (name) => page.waitForFunction((name) => document.activeElement.matches("a.file") && document.activeElement.textContent === name, name);
      await page.goto(folder());
      await page.getByRole("link", { name: "reports/" }).click();
      await page.getByRole("heading", { name: "reports" }).waitFor();
      await page.locator("tbody a.file").last().click();
      await page.locator("#viewer").waitFor();
      await page.goBack();
      const last = await page.locator("tbody a.file").last().textContent();
      await at(last);
      const scroll = await page.evaluate(() => scrollY);
      assert.ok(scroll > 0);
      await page.keyboard.press("Shift+Tab");
      assert.ok((await page.evaluate(() => scrollY)) > 0, "Tab goes on from there");
      await page.goBack();
      await page.getByRole("heading", { name: "Robot data" }).waitFor();
      await at("reports/");
      assert.equal(await page.getByRole("button", { name: "Copy locators" }).count(), 0);
    });
  });

  it("are left at the nearest when the one that was looked at is gone", async () => {
    await visit(browser, demo, "gone from the list", {}, async (visitor) => {
      const page = await visitor.admin();
      const at = (name) => page.waitForFunction((name) => document.activeElement.matches("a.file") && document.activeElement.textContent === name, name);
      const names = ["calibration.json", "fleet.xml", "inspection-robot-07.pdf", "shift.html"];
      // The page of the folder, not the names that a file's page asks for.
      const list = /\/files\/int_\w+\?.*prefix=reports%2F$/;
      const without = async (name) => page.route(list, async (route) => {
        const response = await route.fetch();
        const row = new RegExp(`<tr><td class="pick">(?:(?!</tr>).)*>${name}<(?:(?!</tr>).)*</tr>`, "s");
        const body = await response.text();
        assert.match(body, row);
        await route.fulfill({ response, body: body.replace(row, "") });
      });
      for (const [gone, nearest] of [[1, 2], [3, 2]]) {
        await page.goto(folder("reports/"));
        await page.getByRole("link", { name: names[gone] }).click();
        await page.locator("#viewer").waitFor();
        await without(names[gone]);
        await page.goBack();
        await at(names[nearest]);
        assert.equal(await page.getByRole("link", { name: names[gone] }).count(), 0);
        await page.unroute(list);
      }
    });
  });

  it("that are folders themselves are not shown in them, and an empty folder is empty", async () => {
    await visit(browser, demo, "markers", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(folder("empty-folder/"));
      await page.getByText("Nothing is here.").waitFor();
      await assertAccessible(page);
      await page.getByRole("link", { name: "Grid" }).click();
      await page.getByRole("status").getByText("Nothing is here.").waitFor();
      await page.getByRole("link", { name: "Versions" }).click();
      await page.getByRole("link", { name: "(this folder)" }).waitFor();
      await assertAccessible(page);
    });
  });

  it("that are folders themselves are listed where they hold something", async () => {
    await visit(browser, demo, "folder with content", {}, async (visitor) => {
      const aws = new AwsConsole(await visitor.open(), demo);
      await aws.upload("acme-robotics-data", "", "letters/", "Words.");
      const page = await visitor.admin();
      await page.goto(folder("letters/"));
      await page.getByRole("checkbox", { name: "Pick (this folder)" }).waitFor();
      await assertAccessible(page);
      await page.getByRole("link", { name: "(this folder)" }).click();
      await page.getByRole("heading", { name: "letters/" }).waitFor();
      await page.getByText("57 6f 72 64 73").waitFor();
      await page.goBack();
      await page.getByRole("link", { name: "(this folder)" }).waitFor();
    });
  });

  it("and folders and buckets open by what somebody types, or pastes with a blank too much", async () => {
    await visit(browser, demo, "typed", {}, async (visitor) => {
      visitor.expected.add(422);
      const page = await visitor.admin();
      const type = async (text) => {
        await page.goto(demo.url("files"));
        await page.getByLabel("Locator of a file").fill(text);
        await page.getByRole("button", { name: "Open" }).click();
      };
      for (const bucket of ["s3://acme-robotics-data", " s3://acme-robotics-data/ "]) {
        await type(bucket);
        await page.getByRole("heading", { name: "Robot data" }).waitFor();
      }
      for (const [prefix, name] of [["frames/robot-07/", "robot-07"], ["empty-folder/", "empty-folder"]]) {
        await type(`s3://acme-robotics-data/${prefix}`);
        await page.getByRole("heading", { name, exact: true }).waitFor();
        assert.equal(new URL(page.url()).searchParams.get("prefix"), prefix);
      }
      await type("s3://acme-robotics-data/pictures/aisle.jpg \t");
      await page.waitForFunction(() => document.querySelector("#viewer img")?.naturalWidth > 100);
      await type("s3://nobodys-bucket");
      await page.getByRole("alert").waitFor();
    });
  });

  it("are seen by their names, whatever characters these hold", async () => {
    await visit(browser, demo, "bidi", {}, async (visitor) => {
      const page = await visitor.admin();
      for (const view of ["", "&view=grid"]) {
        await page.goto(folder("odd-names/") + view);
        await page.locator(".control").first().waitFor();
        assert.match(await page.locator("a", { hasText: "U+202E" }).first().textContent(), /invoiceU\+202Efdp\.txt$/);
        await assertAccessible(page);
      }
    });
  });

  it("are not covered by what can be done with those that are picked", async () => {
    await visit(browser, demo, "narrow selection", { viewport: { width: 360, height: 640 } }, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(folder("frames/robot-07/"));
      await page.locator("tbody").getByRole("checkbox").first().check();
      await page.locator("tbody a.file").first().focus();
      for (let row = 0; row < 25; row += 1) {
        await page.keyboard.press("Tab");
        const [focus, bar] = await page.evaluate(() => [document.activeElement, document.querySelector(".selection")].map((one) => one.getBoundingClientRect().toJSON()));
        assert.ok(focus.bottom <= bar.top + 1, `row ${row} ends at ${focus.bottom}, the bar begins at ${bar.top}`);
      }
      await assertAccessible(page);
      await page.goto(folder("reports/") + "&view=versions");
      const row = page.getByRole("row", { name: "calibration.json" }).first();
      assert.ok(await row.locator("time").isVisible() && await row.locator("code").isVisible(), "a version is known by its date");
      await assertAccessible(page);
    });
  });

  it("are filtered by a pattern, and listed with their versions", async () => {
    await visit(browser, demo, "filter", {}, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(folder());
      await page.getByLabel("Only names like").fill("**/*.{csv,parquet}");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("link", { name: "tables/telemetry.csv" }).waitFor();
      await assertAccessible(page);
      for (const name of await page.locator("tbody a.file").allTextContents()) assert.match(name, /\.(csv|parquet)$/);
      await page.getByLabel("Only names like").fill("[a");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("alert").getByText("The pattern cannot be read").waitFor();
      assert.equal(await page.getByLabel("Only names like").inputValue(), "[a", "what was typed is kept");
      assert.equal(await page.evaluate(() => document.activeElement.id), "glob", "and at hand");
      await assertAccessible(page);
      await page.goto(folder("reports/"));
      await page.getByLabel("Only names like").fill("calib");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("link", { name: "Look for names with it: *calib*" }).click();
      await page.getByRole("link", { name: "calibration.json" }).waitFor();
      await page.getByRole("link", { name: "Grid" }).click();
      await page.getByText("1 file or folder").waitFor();
      assert.equal(await page.getByLabel("Only names like").inputValue(), "*calib*", "the filter stays on the way to another view");
      await assertAccessible(page);
      await page.getByRole("link", { name: "Versions" }).click();
      await page.getByRole("link", { name: "calibration.json" }).nth(3).waitFor();
      assert.equal(await page.locator("tbody tr").count(), 4, "of all versions, only those that fit");
      assert.equal(await page.getByLabel("Only names like").inputValue(), "*calib*");
      await page.goto(folder("reports/"));
      await page.getByRole("link", { name: "Versions" }).click();
      await page.getByRole("columnheader", { name: "Version" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "calibration.json" }).count(), 4);
      await assertAccessible(page);
    });
  });

  it("are picked, with Shift or all at once, to copy their locators", async () => {
    await visit(browser, demo, "select", { permissions: ["clipboard-read", "clipboard-write"] }, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(folder("reports/"));
      const boxes = page.locator("tbody").getByRole("checkbox");
      await boxes.nth(0).click();
      await boxes.nth(2).click({ modifiers: ["Shift"] });
      await page.getByText("3 picked").waitFor();
      await page.getByRole("button", { name: "Copy locators" }).click();
      await page.getByText("3 locators are copied").waitFor();
      assert.equal((await page.evaluate(() => navigator.clipboard.readText())).split("\n")[0], "s3://acme-robotics-data/reports/calibration.json");
      await page.getByLabel("Pick all on this page").check();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a list" }).click()]);
      const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
      assert.deepEqual(JSON.parse(lines[3]), { locator: "s3://acme-robotics-data/reports/shift.html" });
      await page.goto(folder("tables/"));
      await page.locator("tbody").getByRole("checkbox").first().check();
      await page.getByText("5 picked, 1 of them on this page").waitFor();
      await page.getByRole("button", { name: "Copy locators" }).click();
      await page.getByText("5 locators are copied").waitFor();
      assert.equal((await page.evaluate(() => navigator.clipboard.readText())).split("\n").length, 5);
      await page.goBack();
      await page.getByText("5 picked, 4 of them on this page").waitFor();
      await page.getByRole("button", { name: "Pick none" }).click();
      await page.getByText("Pick files to copy their locators").waitFor();
      assert.equal(await page.getByRole("button", { name: "Copy locators" }).isVisible(), false, "nothing covers the list while nothing is picked");
      assert.equal(await boxes.nth(0).isChecked(), false);
      assert.equal(await boxes.nth(0).evaluate((box) => box === document.activeElement), true);
    });
    await visit(browser, demo, "select without scripts", { javaScriptEnabled: false }, async (visitor) => {
      const page = await visitor.admin();
      await page.goto(folder("reports/"));
      await page.locator("tbody").getByRole("checkbox").nth(1).check();
      await page.getByRole("button", { name: "Copy locators" }).click();
      await page.getByRole("heading", { name: "1 locator" }).waitFor();
      await page.getByText("s3://acme-robotics-data/reports/fleet.xml").waitFor();
    });
  });

  it("are listed with their keys as they are, whatever forms make of lines", async () => {
    const key = "two\nlines/a.txt", locator = `s3://acme-robotics-data/${key}`;
    const saved = async (page) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as a list" }).click()]);
      return readFile(await download.path(), "utf8");
    };
    for (const javaScriptEnabled of [true, false]) {
      await visit(browser, demo, "lines", { javaScriptEnabled }, async (visitor) => {
        await new AwsConsole(await visitor.open(), demo).upload("acme-robotics-data", "two\nlines/", "a.txt", "Words.");
        const page = await visitor.admin();
        await page.goto(folder("two\nlines/"));
        await page.locator("tbody").getByRole("checkbox").check();
        assert.equal(await saved(page), `${JSON.stringify({ locator })}\n`);
        if (javaScriptEnabled) return;
        await page.getByRole("button", { name: "Copy locators" }).click();
        await page.getByRole("heading", { name: "1 locator" }).waitFor();
        assert.equal(await page.locator("#locators").textContent(), locator);
      });
    }
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
      await page.getByRole("button", { name: "Zoom in" }).click();
      assert.ok((await scale()) > 1.4);
      assert.ok((await page.locator("#viewer").boundingBox()).height > 400, "a small picture gets room");
      await assertAccessible(page);
      await page.keyboard.press("Escape");
      assert.equal(await scale(), 1, "the first Escape ends the zoom, the next one leads to the folder");
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { name: "robot-07" }).waitFor();
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

  it("say that they are not what their names say", async () => {
    await visit(browser, demo, "broken bytes", {}, async (visitor) => {
      // An empty file has no range.
      visitor.expected.add(416);
      const page = await visitor.admin();
      const broken = (pattern, body) => page.route(pattern, (route) => route.fulfill({ headers: { "access-control-allow-origin": "*" }, body }));
      const says = async (key, text) => {
        await page.goto(file(key));
        await page.getByRole("alert").getByText(text, { exact: true }).waitFor();
        await assertAccessible(page);
      };
      const origin = demo.started.aws_endpoint_url;
      for (const name of ["aisle.jpg", "aisle.webm", "signal.wav"]) await broken((url) => url.href.startsWith(origin) && url.pathname.endsWith(name), "no such thing");
      await says("pictures/aisle.jpg", "The file arrives, but it is no picture that this browser can show.");
      await says("videos/aisle.webm", "The file arrives, but it is no video that this browser can play.");
      await says("audio/signal.wav", "The file arrives, but it is no sound that this browser can play.");
      await page.route((url) => url.href.startsWith(origin) && url.pathname.endsWith("floor-plan.svg"), (route) => route.abort());
      page.removeAllListeners("console");
      await page.goto(file("pictures/floor-plan.svg"));
      await page.getByRole("alert").getByText("perhaps a network or an extension of the browser is in the way").waitFor();
    });
  });

  it("say why they do not load", async () => {
    await visit(browser, demo, "trouble", { permissions: ["clipboard-read", "clipboard-write"] }, async (visitor) => {
      visitor.expected.add(404).add(403);
      const page = await visitor.admin();
      page.removeAllListeners("console");
      await page.goto(file("pictures/gone.png"));
      await page.getByText("The object pictures/gone.png does not exist (any more).").waitFor();
      await page.getByRole("link", { name: "Check the connection" }).waitFor();
      assert.equal(await page.getByRole("alert").count(), 1, "once");
      await page.goto(file("odd-names/a/../b.txt"));
      await page.getByText("Browsers fold . and .. in paths").waitFor();
      await page.goto(demo.url("file?locator=s3://nobodys-bucket/x.png"));
      await page.getByRole("alert").getByText("nobodys-bucket").waitFor();
      const aws = new AwsConsole(await visitor.open(), demo);
      await aws.setCors("acme-robotics-data", "");
      await page.goto(file("README.md"));
      await page.getByText("The bucket has no CORS configuration").waitFor();
      const { cors } = await demo.api("GET", `integrations/${demo.started.integration_id}/documents`);
      const corrected = page.getByRole("group", { name: "CORS configuration, as it should be" });
      await corrected.getByRole("button", { name: "Copy" }).click();
      await corrected.getByRole("button", { name: "Copied" }).waitFor();
      assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), cors.CORSRules);
      await assertAccessible(page);

      await page.route(/aisle\.jpg/, (route) => (route.request().resourceType() === "image" ? route.fulfill({ body: "no such thing" }) : route.continue()));
      await page.goto(file("pictures/aisle.jpg"));
      await page.getByRole("alert").getByText("Most likely it is no picture that this browser can show.").waitFor();
    });
  });

  it("come through the service where the bucket has no CORS configuration and the integration says so", async () => {
    await visit(browser, demo, "proxy", {}, async (visitor) => {
      const page = await visitor.admin(`integrations/${demo.started.integration_id}/settings`);
      await page.getByLabel("Through this service").check();
      await page.getByRole("button", { name: "Save changes" }).click();
      await page.getByRole("navigation", { name: "Above this page" }).waitFor();
      try {
        const loaded = fromBucket(page);
        const frame = page.waitForResponse(fillsTheFrame);
        await page.goto(file("reports/inspection-robot-07.pdf"));
        assert.equal((await frame).status(), 200);
        await showsPdf(page);
        await page.goto(file("README.md"));
        await page.waitForFunction(() => document.querySelector("#content img")?.naturalWidth > 100);
        await page.goto(file("videos/aisle.webm"));
        await page.waitForFunction(() => document.querySelector("video").duration > 0);
        await page.evaluate(() => { const video = document.querySelector("video"); video.currentTime = video.duration - 0.5; });
        await page.waitForFunction(() => { const video = document.querySelector("video"); return !video.seeking && video.readyState >= 2; });
        await page.goto(folder("frames/robot-07/") + "&view=grid");
        await page.waitForFunction(() => document.querySelectorAll(".tile img").length > 12 && [...document.querySelectorAll(".tile img")].slice(0, 12).every((image) => image.naturalWidth > 0));
        assert.deepEqual(loaded, [], "nothing comes from the bucket's own origin");
        const [direct] = await Promise.all([visitor.context.waitForEvent("page"), page.goto(file("videos/aisle.webm")).then(() => page.getByRole("link", { name: "Open" }).click())]);
        await direct.waitForFunction(() => document.querySelector("video")?.duration > 0);
      } finally {
        await demo.api("PATCH", `integrations/${demo.started.integration_id}`, { delivery: "direct" });
      }
    });
  });

  it("of an integration that is turned off say so, with a way to it", async () => {
    await visit(browser, demo, "off", {}, async (visitor) => {
      const page = await visitor.admin();
      await demo.api("PATCH", `integrations/${demo.started.integration_id}`, { enabled: false });
      try {
        await page.goto(folder("reports/"));
        await page.getByRole("alert").getByText("is turned off").waitFor();
        await assertAccessible(page);
        for (const typed of ["reports/", "shift.html"]) {
          await page.goto(`${folder("reports/")}&jump=${encodeURIComponent(typed)}`);
          await page.getByRole("alert").getByText("is turned off").waitFor();
        }
        await page.goto(folder("reports/"));
        await page.getByRole("link", { name: "See the integration" }).click();
        await page.getByText("Turned off", { exact: true }).waitFor();
      } finally {
        await demo.api("PATCH", `integrations/${demo.started.integration_id}`, { enabled: true });
      }
    });
  });

  it("named by a locator that is mistyped are asked for again, beside what is wrong with it", async () => {
    await visit(browser, demo, "mistyped locator", {}, async (visitor) => {
      visitor.expected.add(422);
      const page = await visitor.admin("files");
      await page.getByLabel("Locator of a file").fill("s3:/acme-robotics-data/pictures/aisle.jpg");
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByRole("alert").getByText("does not start with s3://").waitFor();
      assert.equal(await page.getByLabel("Locator of a file").inputValue(), "s3:/acme-robotics-data/pictures/aisle.jpg");
      assert.equal(await page.evaluate(() => document.activeElement.name), "locator");
      await assertAccessible(page);
      await page.setViewportSize({ width: 360, height: 640 });
      await assertAccessible(page);
      await page.getByLabel("Locator of a file").fill("s3://acme-robotics-data/pictures/aisle.jpg");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "aisle.jpg" }).waitFor();
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
