import axe from "axe-core";
import type { Page } from "playwright-core";

const WINDOWS = [
  { width: 1280, height: 720, colorScheme: "light" },
  { width: 360, height: 740, colorScheme: "dark" },
] as const;

/** What axe-core finds on the page, and whether it is wider than the window, on a desk, and on a phone in the dark. */
export async function problemsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const problems: string[] = [];
  for (const { colorScheme, ...size } of WINDOWS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    problems.push(...(await problemsIn(page)));
  }
  return problems;
}

async function problemsIn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => Reflect.get(window, "axe").run());
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  const found = violations.map(({ id, nodes }: axe.Result) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  return tooWide ? [...found, "wider than the window"] : found;
}
