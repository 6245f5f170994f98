import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    // No data: URLs, so that a policy of 'self' alone is enough.
    assetsInlineLimit: 0,
    // One style sheet: that of a place which could not be fetched once would not be asked for again.
    cssCodeSplit: false,
    // Those that know light-dark(): written for older ones, it would not follow the choice of colours.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
  },
  // `npm run dev -w frontend` beside a running backend.
  server: { host: '127.0.0.1', proxy: { '/v1': { target: 'http://127.0.0.1:8007', ws: true } } },
})
