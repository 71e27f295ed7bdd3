import { buildExample } from "../../scripts/lib/build.mjs";

export default buildExample;
