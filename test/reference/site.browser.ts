import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { runProgram } from "../../scripts/lib/run-program.mjs";
import { openPage } from "../support/browser.ts";
import { problemsOn } from "../support/page-problems.ts";

const project = new URL("../../", import.meta.url);
const site = new URL("docs/api/", project);
const { ROLLOUT_CLIENT_IS_BUILT } = process.env;

beforeAll(async () => {
  // In the gate, `npm run docs` was a step before.
  if (ROLLOUT_CLIENT_IS_BUILT === undefined) {
    const typedoc = fileURLToPath(new URL("node_modules/.bin/typedoc", project));
    await runProgram(typedoc, ["--options", "scripts/typedoc.config.mjs"], { cwd: project });
  }
});

function read(page: string): string {
  return readFileSync(new URL(page, site), "utf8");
}

const pages = (folder = ""): string[] =>
  readdirSync(new URL(folder, site), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".html"))
    .map((name) => `${folder}${name}`);
/** The pages of symbols, not of modules. */
const symbolPages = (): string[] => pages("rollout-client/").filter((page) => page !== "rollout-client/testing.html");

test.each(["index.html", "rollout-client.html", "rollout-client/CredentialOperations.html", "Errors.html"])(
  "axe-core finds nothing on %s, on a desk and on a phone",
  async (address) => {
    const page = await openPage(new URL(address, site).href);
    expect(await problemsOn(page)).toEqual([]);
  },
);

test("no page is wider than a phone", async () => {
  const page = await openPage("about:blank", { viewport: { width: 360, height: 740 } });
  const tooWide: string[] = [];
  for (const address of pages()) {
    await page.goto(new URL(address, site).href, { waitUntil: "domcontentloaded" });
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) tooWide.push(address);
  }
  expect(tooWide).toEqual([]);
});

test("the home page has the version, the first example, and links to the guides and the modules", async () => {
  const { version } = JSON.parse(readFileSync(new URL("package.json", project), "utf8"));
  const page = await openPage(new URL("index.html", site).href);
  await page.getByRole("heading", { level: 1, name: `rollout-client - v${version}` }).waitFor();
  expect(await page.locator("pre").first().textContent()).toContain("createRolloutClient({");
  const links = await page
    .getByRole("main")
    .locator("td a")
    .evaluateAll((found) => found.map((link) => String(Reflect.get(link, "href"))));
  const guides = readdirSync(new URL("docs/", project)).filter((name) => name.endsWith(".md") && name !== "README.md");
  expect(links.filter((href) => existsSync(new URL(href)))).toHaveLength(guides.length);
  const modules = page.locator("#tsd-nav-container > li > details > summary");
  await modules.first().waitFor();
  expect(await modules.allInnerTexts()).toEqual(["rollout-client", "rollout-client/testing"]);
});

test("the groups are in their order, and each has its functions first", async () => {
  const page = await openPage(new URL("rollout-client.html", site).href);
  const groups = await page.locator(".tsd-member-summaries, details.tsd-accordion > summary h2").allInnerTexts();
  const titles = ["Client", "Credentials", "Errors", "Limits", "Tokens", "Webhooks", "Advanced"];
  expect(groups.filter((text) => titles.includes(text))).toEqual(titles);
});

test.each(["createRateLimiter", "Retry-After"])("search finds symbols and guides: %s", async (words) => {
  const page = await openPage(new URL("index.html", site).href);
  // What is typed before the index has loaded finds nothing.
  await page.locator("#tsd-search-status:empty").waitFor({ state: "attached" });
  await page.keyboard.press("/");
  await page.getByRole("combobox").fill(words);
  await page.getByRole("listbox").getByRole("option").first().waitFor();
});

test("every symbol links to its source", () => {
  const without = symbolPages().filter((page) => !/<li>Defined in <a href="[^"]+\/src\/[^"]+#L\d+"/.test(read(page)));
  // openapi-fetch's own types.
  const types = ["HeadersOptions", "Middleware", "MiddlewareCallbackParams"];
  expect(without).toEqual(types.map((name) => `rollout-client/${name}.html`));
});

test("no page has what is not exported, nor the types of the whole document", () => {
  const texts = symbolPages().map(read);
  const bases = texts.flatMap((text) => [...text.matchAll(/Inherited from (.*?)<\/p>/g)].map(([, base]) => base));
  // Members of what is exported are inherited, such as those of RolloutError; what is not exported would have no link.
  expect(bases).toContainEqual(expect.stringContaining("RolloutError"));
  expect(bases.filter((base) => !base?.startsWith("<a "))).toEqual([]);
  expect(symbolPages().filter((page) => /\/(paths|operations|components)\.html$/.test(page))).toEqual([]);
});
