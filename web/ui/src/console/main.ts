import '@/shared/styles/base.css'
import './styles/console.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createRouter, createWebHashHistory } from 'vue-router'
import { createAppI18n } from '@/shared/i18n'
import ConsoleApp from './ConsoleApp.vue'
import DeskView from './components/DeskView.vue'
import { en } from './messages/en'
import { zh } from './messages/zh-CN'

// The fragment names the view, so that the server knows one page only.
const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'desk', component: DeskView },
    { path: '/plan', name: 'plan', component: () => import('./components/planner/PlanView.vue') },
    { path: '/week', name: 'week', component: () => import('./components/planner/WeekView.vue') },
    {
      path: '/rules',
      name: 'rules',
      component: () => import('./components/planner/RulesView.vue'),
    },
    {
      path: '/certificates',
      name: 'certificates',
      component: () => import('./components/planner/CertificatesView.vue'),
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

createApp(ConsoleApp)
  .use(createPinia())
  .use(createAppI18n({ 'zh-CN': zh, en }))
  .use(router)
  .mount('#app')
