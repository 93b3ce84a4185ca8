"""The words that pages share around their articles: buttons, credits, headings of other parts.

They are of news, blogs and forums in general, of no site. What a line weighs for them, `prose`
says.
"""

import re

# The words around articles on news pages: with these a short line begins …
BOILERPLATE = re.compile(
    r"(?:分享(?:到|至)|用微信扫|扫码|扫一扫|责任编辑|责编|本文来源|关键词阅读|版权(?:所有|声明)|免责声明|"
    r"特别声明|返回(?:首页|顶部|搜狐)|下载\S{0,12}客户端|打开\S{0,8}(?:APP|客户端)|展开全文|查看更多|"
    r"无障碍|(?:上|下)一(?:篇|页|条)|(?:我要|发表|查看)(?:评论|留言)|点击(?:查看|进入|下载)|"
    r"关注(?:我们|公众号)|(?:点击|长按)\S{0,8}(?:蓝字|二维码|关注)|\S{0,2}(?:ICP|icp)[备证]|\S?公网安备|(?:作者|来源|编辑|记者|原标题|关键词|标签|字号|声明|时间|发布时间)\s*[:：]|"
    r"follow us|sign (?:in|up)|log ?in|skip to|copyright|©|all rights reserved|subscribe|"
    r"(?:tags?|source|photo|image|published|updated|posted|share)\s*(?:on|by|at)?\s*:)[^。]*"
    # … and of these it consists.
    r"|(?:分享|收藏|点赞|评论|跟贴|参与|转发|打印|字号|举报|登录|登 录|注册|更多>*|客户端|正文|"
    r"关于我们|联系我们|网站地图|广告服务|招聘信息|隐私(?:政策|条款)|用户协议|纠错|收藏本文|关闭|加载中|"
    r"(?:微信|微博|朋友圈|QQ空间|新浪微博|腾讯微博|豆瓣|人人网)|"
    r"(?:\d+ )?min(?:ute)?s? read|(?:story|article) continues.*|continue reading.*|back to top|"
    r"(?:load|show|see) more|contact(?: us)?|about us|(?:previous|next)(?: (?:article|post|page))?|"
    r"copy link|image (?:source|caption).*|share(?: this.*)?|tweet|e-?mail|print|comments?|reply|"
    r"advert(?:isement)?s?|read more|menu|search|terms|privacy|cookies?|getty(?: images)?|"
    r"(?:by|published|updated|posted) [^.]{1,40}|[\d.,万 ]*(?:评论|跟贴|阅读)|"
    r"(?:阅读|赞|点赞|在看|喜欢|收藏|评论|转发)\s*[\d.,]+\s?万?\+?|原创|\W{1,4}(?:end|完)\W{1,4}|"
    r"\d+ ?(?:shares?|comments?)?)",
    re.IGNORECASE,
)
# A page that speaks of itself, in sentences.
SITE_SPEAKS = re.compile(
    r"all rights reserved|privacy policy|terms (?:of|and) (?:use|service|conditions)|unsubscribe|"
    r"(?:our|the|daily|weekly|free|e-?mail|['’]s) newsletters?|your inbox|your e-?mail address|"
    r"(?:use|uses|accept) cookies|follow (?:us|me|him|her) on|be reached at|leave a comment|"
    r"subscribe (?:now|to (?:our|the|get))|sign up (?:now|to get|for (?:our|the))|"
    r"must be logged in|register now|may not be (?:published|reproduced)|"
    r"未经\S{0,8}(?:授权|许可|同意)\S{0,4}(?:不得|禁止|严禁|请勿)|版权均?归\S{0,12}所有|不代表本|"
    r"本[网站]\S{0,10}(?:转载|立场)|网友评论仅|举报邮箱|违法和不良信息",
    re.IGNORECASE,
)
# After such a line come other articles …
OTHERS_FOLLOW = re.compile(
    r"[【\[#>\s]*(?:(?:相关|热点|精彩|猜你|编辑|为您|为你|今日|热门|延伸|关键词|更多|最新|重点|推荐|本类|频道|"
    r"图片|大家|相關|熱門|延伸|推薦)"
    r"(?:推荐|阅读|新闻|文章|报道|喜欢|想看|资讯|视频|内容|热点|热词|专题|搜索|话题|图集|主题|帖子|"
    r"閱讀|推薦|文章)|"
    r"大家(?:都|还)(?:在看|看了)|(?:你|您)可能(?:也|还)?(?:喜欢|感兴趣).*|"
    r"(?:similar|related) (?:threads|topics|questions|pages)|see also|further reading|"
    r"related (?:articles|stories|posts|content|news|topics)|more (?:from|on|stories)\b.*|"
    r"recommended(?: for you)?|most (?:read|popular|viewed|shared)(?: in .*)?|"
    r"you (?:may|might) (?:also )?like|read next|trending(?: now)?|popular posts|"
    r"latest (?:news|stories|posts)|about the author|more in \w+.*|don't miss|related(?: tags)?|"
    r"(?:art[ií](?:cul|g)os|not[ií]cias|posts) relacionad[oa]s|(?:leia|veja|lee) tamb[eé]m|"
    r"voc[eê] (?:tamb[eé]m )?pode gostar.*|weitere (?:artikel|beiträge|themen|meldungen).*|"
    r"(?:das )?könnte (?:sie|dich) auch interessieren|(?:articles similaires|à lire aussi))"
    r"[】\]:：.…\s]*",
    re.IGNORECASE,
)
# … or comments.
COMMENTS_FOLLOW = re.compile(
    r"[【\[#>\s]*(?:热门跟贴|网友(?:评论|跟贴)|(?:精彩|精选|热门|最新|全部|所有|文章|发表)(?:评论|留言|回复)|"
    r"跟贴|(?:评论|留言|回复)(?:列表|区)?\W{0,2}\d*\W?|(?:共\s?)?\d+\s?[条个]\s?(?:评论|回复|留言)|"
    r"(?:\d+ )?(?:comments|responses|replies|thoughts on)\b.*|"
    r"(?:view|top rated|post a|leave a|join the) (?:reply|comments?|conversation).*)[】\]:：\s]*",
    re.IGNORECASE,
)
# What stands under each post of a thread.
POST_BUTTON = re.compile(
    r"回复|举报|引用|点赞|赞|顶|支持|分享|收藏|评论|reply|quote|report|like|share|follow|edit|upvote",
    re.IGNORECASE,
)
# Somebody has the word: the next line may be a quotation in the article, or a comment on it.
SPEAKER = re.compile(r".{1,40} (?:says|wrote|said):", re.IGNORECASE)
