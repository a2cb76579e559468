export const zh = {
  login: {
    title: '登录',
    lead: '一键呼叫 · 上门服务 · 助餐配送',
    username: '用户名',
    password: '密码',
    show: '显示密码',
    hide: '隐藏密码',
    submit: '登录',
    busy: '正在登录…',
    missing: '请输入用户名和密码。',
    caps: '大写锁定已打开',
    again: '登录已过期，请重新登录。',
    points: {
      alarm: '一次按铃，一秒之内有人接',
      plan: '每一次上门，都在计划之中',
      family: '家人随时知道进展',
    },
  },
  error: {
    'wrong-password': '用户名或密码不正确。',
    'too-many-attempts': '尝试次数过多，请稍候再试。',
  },
}

export const en: typeof zh = {
  login: {
    title: 'Log in',
    lead: 'Alarms, visits and meals, in one place',
    username: 'User name',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    submit: 'Log in',
    busy: 'Logging in…',
    missing: 'Enter your user name and password.',
    caps: 'Caps Lock is on',
    again: 'Your session has ended. Please log in again.',
    points: {
      alarm: 'One press, answered within a second',
      plan: 'Every visit has its place in the plan',
      family: 'Families see what is being done',
    },
  },
  error: {
    'wrong-password': 'The user name or the password is wrong.',
    'too-many-attempts': 'Too many attempts. Wait a moment and try again.',
  },
}
