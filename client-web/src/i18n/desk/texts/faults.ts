import type { Table } from '../columns'

export const faults = {
  fault: {
    link_lost: [
      '刚才断线了，不知道有没有办成；接回来后请看一眼再决定',
      '頭先斷咗線，唔知有冇辦成；駁返之後請睇一眼再決定',
      'The link dropped and the answer is unknown. Once back, look and decide again',
    ],
    unreachable: [
      '连不上服务器，什么都没有改变，请再试',
      '連唔到伺服器，乜都冇改到，請再試',
      'The server cannot be reached. Nothing changed; try again',
    ],
    other: [
      '没办成，什么都没有改变。代码 {code}',
      '辦唔成，乜都冇改到。代碼 {code}',
      'That did not work; nothing changed. Code {code}',
    ],
    refused: {
      not_found: [
        '这一项已经不在了，请看最新的页面',
        '呢項已經唔喺度，請睇最新嘅頁面',
        'It is no longer there; look at the latest page',
      ],
      not_yours: ['这通电话已经不在您手上', '呢個通話已經唔喺您手上', 'This call is no longer yours'],
      stale: [
        '情况刚变了，请看最新的页面再决定',
        '情況啱啱變咗，請睇最新嘅頁面再決定',
        'Things have just changed; look again and decide',
      ],
      offer_gone: ['这次振铃已经结束', '呢次響鈴已經完咗', 'This ring has ended'],
      no_consent: [
        '申请人没有同意，或者已经停止协助',
        '申請人未同意，或者已經停咗協助',
        'The citizen has not agreed, or has stopped the help',
      ],
      field_locked: [
        '对方正在填这一栏，请等一下',
        '對方填緊呢欄，請等陣',
        'The other side is typing there; wait a moment',
      ],
      draining: [
        '服务器正在维护，什么都没有改变，请稍后再试',
        '伺服器維護緊，乜都冇改到，請遲啲再試',
        'The server is being serviced. Nothing changed; try later',
      ],
      not_stored: [
        '没能记下来，所以没有做，请再试',
        '記錄唔到，所以冇做，請再試',
        'It could not be recorded, so it was not done. Try again',
      ],
      too_many: ['太快了，请等几秒再试', '太快喇，請等幾秒再試', 'Too fast; wait some seconds'],
    },
    problem: {
      stale: [
        '这件办件刚被改过，已换成最新的，请看一眼再决定',
        '呢件辦件啱啱改過，已換成最新，請睇一眼再決定',
        'The case has just changed. The latest is shown; look and decide again',
      ],
      materials: ['材料还没齐，不能受理', '材料未齊，唔可以受理', 'Materials stand in the way of acceptance'],
      identity_doubtful: [
        '身份核验存疑：请确认后再受理',
        '身份核對有疑問：請確認之後先受理',
        'The identity check is doubtful: confirm before accepting',
      ],
      other_authority: [
        '这件事由别的部门管，只能不予受理并写明该找谁',
        '呢件事由第二個部門管，只可以不予受理並寫明應該搵邊個',
        'Another authority is competent: only non-acceptance is possible',
      ],
      handoff_open: [
        '这件办件正在转办，请先撤回',
        '呢件辦件轉辦緊，請先撤回',
        'The case is on offer; withdraw that first',
      ],
      handoff_gone: [
        '晚了一步：已经有人接手，或者已被撤回',
        '遲咗一步：已經有人接手，或者撤回咗',
        'Too late: somebody was quicker, or it was withdrawn',
      ],
      handoff_expired: [
        '过了答复时限，已退回给转出的人',
        '過咗答覆時限，已退返畀轉出嘅人',
        'The time to answer is over; it went back to the sender',
      ],
      not_in_intake: ['这件办件已经有结论了', '呢件辦件已經有結論', 'This case has been decided already'],
      not_entitled: [
        '对方没有办理这类事项的权限',
        '對方冇辦理呢類事項嘅權限',
        'They are not entitled to this kind of work',
      ],
      not_owner: [
        '您不是责任人，只能看',
        '您唔係責任人，只可以睇',
        'You are not the owner; you may only look',
      ],
      not_yours: [
        '您没有权限，已记录这次访问',
        '您冇權限，已記錄呢次訪問',
        'You have no right to this; the attempt is on record',
      ],
      not_your_call: [
        '这通电话已经不在您手上，不能在里面建办件',
        '呢個通話已經唔喺您手上，唔可以喺入面開辦件',
        'This call is no longer yours; no case can be opened in it',
      ],
      not_for_you: ['这不是转给您的', '呢個唔係轉畀您', 'This was not offered to you'],
      not_found: ['找不到，可能已经清除', '搵唔到，可能已經清除', 'Not found; it may have been erased'],
      to_oneself: ['不能转给自己', '唔可以轉畀自己', 'You cannot hand over to yourself'],
      closed: [
        '办件已经结束，不能再转',
        '辦件已經結束，唔可以再轉',
        'The case is closed and cannot be handed over',
      ],
      key_reused: ['请再按一次', '請再撳一次', 'Press once more'],
      no_glyph: [
        '姓名里有打印不出来的字，请找管理员',
        '姓名入面有印唔到嘅字，請搵管理員',
        'The name has a character that cannot be printed; ask the administrator',
      ],
      no_font: [
        '服务器缺中文字体，开不了文书，请找管理员',
        '伺服器欠中文字型，開唔到文書，請搵管理員',
        'The server has no Chinese font, so papers cannot be issued; ask the administrator',
      ],
      invalid: [
        '有填得不对的地方，请看标红的格',
        '有填得唔啱嘅地方，請睇標紅嘅格',
        'Some fields are wrong; see those marked',
      ],
      unavailable: [
        '服务器忙，什么都没有改变，请稍后再试',
        '伺服器忙，乜都冇改到，請遲啲再試',
        'The server is busy. Nothing changed; try later',
      ],
      unauthenticated: [
        '登录已失效，请重新登录',
        '登入已失效，請重新登入',
        'Your session has ended; sign in again',
      ],
      forbidden: ['您的账号不能做这件事', '您嘅帳號唔可以做呢件事', 'Your account may not do this'],
    },
  },
} satisfies Table
