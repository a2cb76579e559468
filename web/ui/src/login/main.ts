import '@/shared/styles/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createAppI18n } from '@/shared/i18n'
import App from './App.vue'
import { en, zh } from './messages'

createApp(App)
  .use(createPinia())
  .use(createAppI18n({ 'zh-CN': zh, en }))
  .mount('#app')
