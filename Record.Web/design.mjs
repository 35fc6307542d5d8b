// Copies the NHS design system's styles without its fonts, which would come from elsewhere: pages load nothing that is not ours.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const [from, to] = ["node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend-10.6.1.min.css", "wwwroot/lib/nhsuk-frontend-10.6.1.min.css"];
mkdirSync("wwwroot/lib", { recursive: true });
writeFileSync(to, readFileSync(from, "utf8").replace(/@font-face\{[^}]*\}/g, ""));
