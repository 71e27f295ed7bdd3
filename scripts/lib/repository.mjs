// What the published package says about its repository. It is not in the files of the repository itself, which does not know where it is hosted.

/**
 * @typedef {object} Host
 * @property {string} serverUrl GITHUB_SERVER_URL: the hosting platform
 * @property {string} repository GITHUB_REPOSITORY: owner and name
 */

/**
 * The manifest with `repository`, `homepage` and `bugs`. npm compares `repository` with the run that publishes, for the provenance.
 *
 * @template {object} Manifest
 * @param {Manifest} manifest
 * @param {Host} host
 */
export function withRepository(manifest, host) {
  const url = urlOf(host);
  return {
    ...manifest,
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
    repository: { type: "git", url: `git+${url}.git` },
  };
}

/**
 * A Markdown page with links to the files of a tag in place of relative ones, which lead nowhere on the package's page. Code is left alone, as are
 * links to headings of the same page.
 *
 * @param {string} markdown a page in the root of the repository
 * @param {Host} host
 * @param {string} tag
 */
export function withAbsoluteLinks(markdown, host, tag) {
  const code = /^(`{3,}|~{3,}).*?^\1|`[^`\n]*`/gms;
  const link = /(!?)(\[[^\]]*\]\()([^()\s#]+)/g;
  const image = /(<(?:img|source)\b[^>]*?\b(?:src|srcset)=")([^"\s]+)/g;
  const absolute = (/** @type {string} */ path, /** @type {"blob" | "raw"} */ kind) =>
    /^[a-z][a-z\d+.-]*:/i.test(path) ? path : `${urlOf(host)}/${kind}/${tag}/${path.replace(/^\.\//, "")}`;
  const convert = (/** @type {string} */ text) =>
    text
      .replace(link, (_all, mark, label, path) => `${mark}${label}${absolute(path, mark === "!" ? "raw" : "blob")}`)
      .replace(image, (_all, before, path) => before + absolute(path, "raw"));

  const pieces = [];
  let end = 0;
  for (const { 0: kept, index } of markdown.matchAll(code)) {
    pieces.push(convert(markdown.slice(end, index)), kept);
    end = index + kept.length;
  }
  return [...pieces, convert(markdown.slice(end))].join("");
}

/** @param {Host} host */
function urlOf({ serverUrl, repository }) {
  return `${serverUrl.replace(/\/$/, "")}/${repository}`;
}
