import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  // No data: URLs, so that a policy of 'self' alone is enough.
  build: { assetsInlineLimit: 0 },
  // `npm run dev -w frontend` beside a running backend.
  server: { host: '127.0.0.1', proxy: { '/v1': { target: 'http://127.0.0.1:8007', ws: true } } },
})
