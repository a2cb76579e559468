import '@/shared/styles/base.css'
import { createApp } from 'vue'
import { createPinia } from 'pinia'
import { createAppI18n } from '@/shared/i18n'
import App from './App.vue'

createApp(App).use(createPinia()).use(createAppI18n()).mount('#app')
