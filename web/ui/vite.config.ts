import { fileURLToPath } from 'node:url'
import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { pwa } from './src/caregiver/pwa.ts'

const page = (name: string) => fileURLToPath(new URL(`./${name}.html`, import.meta.url))
/** Where `npm run dev` finds a running platform. */
const platform = process.env.CAREBELL_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  worker: { format: 'es' },
  plugins: [
    vue(),
    Components({
      dirs: [],
      resolvers: [VantResolver(), ElementPlusResolver()],
      dts: 'src/components.d.ts',
    }),
    VitePWA(pwa),
  ],
  build: {
    target: 'es2022',
    manifest: true, // read by scripts/size.mjs
    chunkSizeWarningLimit: 1200, // the map library, loaded after first paint
    rollupOptions: {
      input: Object.fromEntries(
        ['login', 'console', 'caregiver', 'family', 'installer'].map((name) => [name, page(name)]),
      ),
    },
  },
  server: {
    proxy: {
      '/api': platform,
      '/ws': { target: platform, ws: true },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: [],
  },
})
