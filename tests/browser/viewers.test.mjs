import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { AwsConsole, without } from "./aws_console.mjs";
import { Demo, assertAccessible, openBrowser, visit } from "./given.mjs";

let demo, browser;
before(async () => { [demo, browser] = await Promise.all([Demo.start(), openBrowser()]); });
after(async () => { await browser?.close(); await demo?.stop(); });

const file = (key, more = "") => demo.url(`file?locator=${encodeURIComponent(`s3://acme-robotics-data/${key}`)}${more}`);
const alerts = (page) => page.getByRole("alert").count();

describe("A file that is not as others", () => {
  it("that is stored packed is shown unpacked", async () => {
    const text = Array.from({ length: 9000 }, (_, line) => `line ${line}: ${(line * 2654435761 % 2 ** 32).toString(36)}`).join("\n");
    await demo.put("packed/service.log", gzipSync(text), { "content-encoding": "gzip" });
    await demo.put("packed/robots.json", gzipSync(JSON.stringify({ robots: Array(500).fill({ name: "robot-07" }) })), { "content-encoding": "gzip" });
    await visit(browser, demo, "packed", {}, async (visitor) => {
      const page = await visitor.admin();
      // What cannot be unpacked in part is an error to the browser, before all of it is asked for.
      page.removeAllListeners("console");
      await page.goto(file("packed/service.log"));
      await page.getByText("line 8999:").waitFor();
      await page.goto(file("packed/robots.json"));
      await page.getByText("[500]").waitFor();
      assert.equal(await alerts(page), 0);
    });
  });

  it("that is empty says so, whatever its kind", async () => {
    for (const name of ["picture.png", "film.mp4", "report.pdf", "notes.txt"]) await demo.put(`empty/${name}`, "");
    await visit(browser, demo, "empty files", {}, async (visitor) => {
      // An empty file has no range.
      visitor.expected.add(416);
      const page = await visitor.admin();
      for (const name of ["picture.png", "film.mp4", "report.pdf", "notes.txt"]) {
        await page.goto(file(`empty/${name}`));
        await page.getByText("The file is empty.").waitFor();
        await assertAccessible(page);
      }
    });
  });

  it("that is too long for a tree, or nested too deeply, says how much of it is shown as text", async () => {
    await demo.put("json/long.json", JSON.stringify(Array(150_000).fill({ name: "robot-07", ok: true })));
    await demo.put("json/deep.json", "[".repeat(20_000) + "]".repeat(20_000));
    await demo.put("json/broken.json", `${JSON.stringify(Array(20_000).fill({ name: "robot-07" })).slice(0, -1)}, oops]`);
    await visit(browser, demo, "odd JSON", {}, async (visitor) => {
      const page = await visitor.admin();
      for (const [name, told] of [["long", "the first 262,144 characters are shown as text."], ["deep", "It is nested too deeply for a tree"], ["broken", "This is no valid JSON"]]) {
        await page.goto(file(`json/${name}.json`));
        await page.getByText(told).waitFor();
        assert.equal(await page.getByText("This is the beginning").count(), 0);
      }
      await page.locator("#content pre", { hasText: "oops]" }).waitFor();
    });
  });

  it("of a bucket that exposes no headers is not taken for whole", async () => {
    await demo.put("long/service.log", "a line of the log\n".repeat(20_000));
    await visit(browser, demo, "nothing exposed", {}, async (visitor) => {
      const page = await visitor.admin();
      const aws = new AwsConsole(await visitor.open(), demo);
      const { cors } = await demo.api("GET", `integrations/${demo.started.integration_id}/documents`);
      try {
        await aws.setCors("acme-robotics-data", JSON.stringify(cors.CORSRules.map((rule) => ({ ...rule, ExposeHeaders: [] }))));
        await page.goto(file("long/service.log"));
        await page.getByText("This is the beginning: 262,144 bytes.").waitFor();
        await page.goto(file("long/service.log", "&as=hex"));
        await page.getByRole("button", { name: "Show more: 8,192 bytes are shown" }).click();
        await page.getByRole("button", { name: "Show more: 16,384 bytes are shown" }).waitFor();
      } finally {
        await aws.setCors("acme-robotics-data", JSON.stringify(cors.CORSRules));
      }
    });
  });

  it("whose address has died is read on by a new one, and opened and saved by its page's links", async () => {
    await visit(browser, demo, "died", {}, async (visitor) => {
      const page = await visitor.admin(`file?locator=${encodeURIComponent("s3://acme-robotics-data/pictures/aisle.jpg")}&as=hex`);
      await page.getByRole("button", { name: /^Show more: 8,192 of/ }).waitFor();
      await page.evaluate(() => { document.getElementById("viewer").dataset.expires = new Date(0).toISOString(); });
      const renewed = page.waitForRequest(/resolve\/compact$/);
      await page.getByRole("button", { name: /^Show more/ }).click();
      await renewed;
      await page.getByRole("button", { name: /^Show more: 16,384 of/ }).waitFor();

      assert.match(await page.getByRole("link", { name: "Open" }).getAttribute("href"), /\/file\/open\?/);
      const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
      assert.equal(saved.suggestedFilename(), "aisle.jpg");
    });
  });

  it("that is a document and gone says so where pages may read nothing", async () => {
    await visit(browser, demo, "gone document", {}, async (visitor) => {
      const page = await visitor.admin();
      page.removeAllListeners("console");
      const aws = new AwsConsole(await visitor.open(), demo);
      const { cors } = await demo.api("GET", `integrations/${demo.started.integration_id}/documents`);
      try {
        await aws.setCors("acme-robotics-data", "");
        await page.goto(file("reports/gone.pdf"));
        await page.getByText("The object reports/gone.pdf does not exist (any more).").waitFor();
        const asked = page.waitForResponse(/resolve\/diagnose$/);
        await page.goto(file("reports/inspection-robot-07.pdf"));
        await (await asked).finished();
        assert.equal(await alerts(page), 0, "which shows without pages reading it");
      } finally {
        await aws.setCors("acme-robotics-data", JSON.stringify(cors.CORSRules));
      }
    });
  });

  it("that is a table says why it is refused, as others do", async () => {
    const { access_policy: policy } = await demo.api("GET", `integrations/${demo.started.integration_id}/documents`);
    await demo.put("wide/robots.csv", `${Array.from({ length: 60 }, (_, column) => `column ${column}`)}\n${Array(60).fill("robot-07")}\n`);
    await demo.put("wide/second.csv", "a,b\n1,2\n");
    await visit(browser, demo, "table", {}, async (visitor) => {
      visitor.expected.add(403);
      const page = await visitor.admin();
      const aws = new AwsConsole(await visitor.open(), demo);
      try {
        await aws.createInline("byob-access", "byob-access", JSON.stringify(without(policy, "s3:GetObject")));
        await page.goto(file("wide/robots.csv"));
        const alert = page.getByRole("alert");
        await alert.getByText("No policy of the role allows s3:GetObject").waitFor();
        await alert.getByRole("link", { name: "Check the connection" }).waitFor();
        await alert.getByRole("group", { name: "Access policy, as it should be" }).waitFor();
        await assertAccessible(page);

        const { link } = await demo.api("POST", "members", { email: "vic@acme-robotics.example", role: "viewer" });
        await page.context().clearCookies();
        await page.goto(link);
        await page.getByLabel("New password").fill("a password of some length");
        await page.getByRole("button", { name: "Join" }).click();
        await page.getByRole("heading", { name: "Files" }).waitFor();
        await page.goto(file("wide/robots.csv"));
        await alert.getByText("The bucket refuses this file.").waitFor();
        await alert.getByText("An admin of your organization can mend it").waitFor();
        assert.equal(await alert.getByRole("link").count(), 0);
        await page.context().clearCookies();
      } finally {
        await aws.createInline("byob-access", "byob-access", JSON.stringify(policy));
      }
      await page.context().addCookies(demo.cookies);
      await page.goto(file("wide/robots.csv"));
      await page.getByRole("link", { name: "Next" }).waitFor();
      const table = page.getByRole("region", { name: "Table" });
      await table.focus();
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() => document.querySelector("[role=region]").scrollLeft > 0);
      assert.match(page.url(), /robots\.csv/, "the arrows scroll what is wider than its place");
    });
  });
});
