import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// For `npm run dev`: where `siku serve` listens.
const server = process.env.SIKU_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    target: "es2022",
    // One style sheet, and all of it files: the policy of the server allows nothing inline.
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the licences of the libraries ask for goes with them.
    license: { fileName: "licences.txt" },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: server, changeOrigin: true } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
