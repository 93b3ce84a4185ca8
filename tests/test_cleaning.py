"""Pages of many kinds, in markup and saved as text: no body lost, no menu kept.

In the markup of each page `data-body` marks what belongs to the article; of what is marked
`data-either` (names, dates, captions) nothing is asked; all else is the page's and not the
article's.
"""

# ruff: noqa: E501, the pages are written as pages are

import re

import pytest
from documents import CORE, docx, paragraph
from test_reading import BODY

from askarticle import Article, read, read_text

ZH_NEWS = """<html><head><title>滨河大桥下月通车 每天可过四万辆车_江城晚报</title></head><body>
<div class="top"><a href="/">首页</a> <a href="/news">新闻</a> <a href="/ent">娱乐</a></div>
<ul class="nav"><li><a href="/a">本地</a></li><li><a href="/b">财经</a></li>
<li><a href="/c">体育</a></li><li><a href="/d">教育</a></li><li><a href="/e">房产</a></li></ul>
<div class="main"><h1>滨河大桥下月通车 每天可过四万辆车</h1>
<div class="info"><span data-either>2024-05-11 09:20</span><span>来源：江城晚报</span></div>
<div class="share"><span>分享到：</span><a href="#">微信</a><a href="#">微博</a></div>
<div class="content">
<p data-body>本报讯 经过三年施工，滨河大桥将于下月八日正式通车，届时两岸之间的车程由四十分钟缩短到八分钟。</p>
<p data-body>大桥全长一千六百米，双向六车道，两侧设有自行车道和人行道，桥上装有两百一十盏节能路灯。</p>
<p data-body><strong>公交同步调整</strong></p>
<p data-body>市交通局局长赵启明介绍，通车当天起将有四条公交线路经过大桥，其中夜班车一条，票价仍为两元。</p>
<p data-body>“桥修好了，孩子上学不用再绕路。”住在北岸的王阿姨说。</p>
<p data-body>据了解，大桥总投资为十二亿元，其中七成来自市财政，其余由省里补助。</p>
</div>
<div class="editor">责任编辑：陈小雨</div></div>
<div class="related"><h3>相关阅读</h3><ul><li><a href="/1">北岸新建小学九月开学</a></li>
<li><a href="/2">江城地铁三号线延长线开工</a></li><li><a href="/3">跨江隧道明年动工</a></li></ul></div>
<div class="hot"><h3>热门推荐</h3><ul><li><a href="/4">名嘴离职内幕曝光！网友：早就料到了</a></li>
<li><a href="/5">这种水果千万别和牛奶一起吃</a></li><li><a href="/6">冠军之夜：他一个人改变了比赛</a></li></ul></div>
<div class="foot"><a href="/about">关于我们</a> <a href="/job">招聘信息</a>
<p>版权所有 江城晚报社 未经授权不得转载</p></div></body></html>"""

EN_NEWS = """<html><head><title>Ferry to Holm Island runs again | The Coast Post</title></head><body>
<header><a href="/">The Coast Post</a><nav><ul><li><a href="/n">News</a></li>
<li><a href="/s">Sport</a></li><li><a href="/w">Weather</a></li></ul></nav></header>
<main><article><h1>Ferry to Holm Island runs again</h1>
<p class="by" data-either>By Nora Lind</p><p class="time" data-either>12 March 2024, 08:15</p>
<div class="story">
<p data-body>The ferry to Holm Island sailed again on Tuesday, four months after a storm tore away the pier.</p>
<p data-body>Some three hundred islanders had been supplied by fishing boats since November, at three times the usual price.</p>
<figure><img src="x.jpg" alt=""><figcaption data-body>The new pier stands on forty legs of steel. </figcaption></figure>
<figure><img src="y.jpg" alt=""><figcaption data-either>Photo: Ivo Berg</figcaption></figure>
<div class="inline-related"><h4>Related stories</h4><a href="/1">Storm damage put at nine million</a>
<a href="/2">Fishermen ask for a new harbour light</a></div>
<p data-body>“I had forgotten how quiet the crossing is,” said Marta Holm, who keeps the only shop on the island.</p>
<p data-body>She sold out of stamps within the hour, and had to borrow a sheet from the captain of the ferry.</p>
<h2 data-body>What it cost</h2>
<p data-body>The pier cost 2.4 million euros, of which the county paid two thirds; the rest came from a collection among former islanders.</p>
<ul><li data-body>Steel: 1.1 million</li><li data-body>Labour: 0.9 million</li><li data-body>Harbour lights and railings: 0.4 million</li></ul>
<p data-body>The next storm season begins in October, and the county engineer says the pier is built for waves of seven metres.</p>
</div></article>
<aside><h3>Most read</h3><ol><li><a href="/3">Goat elected mayor</a></li>
<li><a href="/4">Bakery wins prize for its rye</a></li></ol></aside></main>
<form><p>Sign up for our newsletter and get the day's stories in your inbox.</p><button>Sign up</button></form>
<footer><p>© 2024 The Coast Post. All rights reserved.</p><a href="/p">Privacy</a></footer></body></html>"""

ZH_BLOG = """<html><head><title>雨天的茶馆 - 半亩书房</title></head><body>
<div id="header"><a href="/">半亩书房</a><ul><li><a href="/t">随笔</a></li><li><a href="/r">读书</a></li>
<li><a href="/m">关于我</a></li></ul></div>
<div id="post"><h2 class="title">雨天的茶馆</h2><div class="meta" data-either>2023年4月2日 12:10</div>
<div class="entry"><p data-body>昨天下了一整天的雨，我没有带伞，就躲进了巷口的老茶馆。</p>
<p data-body>茶馆里只有三张桌子。</p>
<p data-body>老板是个话不多的人，他给我倒了一杯热茶，又回到柜台后面去听收音机里的评书。</p>
<p data-body>我问他开了多少年。他想了想，说：“记不清了，我父亲那时候就有。”</p>
<p data-body>雨停的时候天已经黑了，石板路上都是灯光。我答应他下次带一本书来，他笑着说不急。</p></div>
<div class="tags">标签：<a href="/x">茶</a><a href="/y">雨</a></div></div>
<div id="comments"><h3>3 条评论</h3><ul>
<li><b>小林</b><p>写得真好，我也想去这家茶馆坐坐，请问在哪条巷子？</p></li>
<li><b>路人甲</b><p>沙发！</p></li></ul></div>
<div id="side"><h3>最新文章</h3><ul><li><a href="/1">春天的第一棵白菜</a></li>
<li><a href="/2">修一只旧钟</a></li><li><a href="/3">搬家记</a></li></ul></div></body></html>"""

EN_DOCS = """<html><head><title>Time limits — Pebble 2.1 documentation</title></head><body>
<nav class="sidebar"><ul><li><a href="/i">Installation</a></li><li><a href="/q">Quick start</a></li>
<li><a href="/t">Time limits</a></li><li><a href="/e">Errors</a></li></ul></nav>
<main><div class="body"><h1>Time limits</h1>
<p data-body>Every request has a time limit, so that a server that never answers does not stop the program.</p>
<h2 data-body>Setting a limit</h2>
<p data-body>Give the number of seconds as <code>limit</code>; the default is five seconds, and None waits for ever:</p>
<pre data-body>pebble.get(url, limit=2.5)</pre>
<h2 data-body>The four limits</h2>
<p data-body>A limit may be split into four parts, each with its own number of seconds.</p>
<table><tr><th data-body>Part</th><th data-body>Covers</th></tr>
<tr><td data-body>connect</td><td data-body>until the connection stands</td></tr>
<tr><td data-body>read</td><td data-body>between two packets</td></tr></table>
<p data-body>When one of them is over, the error TooSlow is raised, and its attribute part tells which one it was.</p>
</div></main>
<div class="pager"><a href="/q">Previous: Quick start</a> <a href="/e">Next: Errors</a></div>
<footer>Built with Scroll 4. <a href="/src">Show source</a></footer></body></html>"""

ZH_DOCS = """<html><head><title>备份数据 | 石榴数据库手册</title></head><body>
<div class="menu"><ul><li><a href="/1">安装</a></li><li><a href="/2">快速入门</a></li>
<li><a href="/3">备份数据</a></li><li><a href="/4">常见问题</a></li></ul></div>
<article><h1>备份数据</h1>
<p data-body>石榴数据库支持在线备份，备份期间可以照常读写，不需要停止服务。</p>
<h2 data-body>手动备份</h2>
<p data-body>执行下面的命令，会在当前目录生成一个以日期命名的压缩文件：</p>
<pre data-body>pomegranate backup --out ./backup</pre>
<h2 data-body>定时备份</h2>
<ol><li data-body>打开配置文件，找到备份一节；</li><li data-body>把间隔改为需要的小时数；</li>
<li data-body>重新加载配置，不必重启。</li></ol>
<p data-body>备份文件默认保留七天，超过七天的文件会在下一次备份成功以后自动删除。</p></article>
<div class="next"><a href="/4">下一篇：常见问题</a></div>
<div class="footer">© 2024 石榴项目</div></body></html>"""

FORUM = """<html><head><title>Sourdough does not rise - Bread Forum</title></head><body>
<div class="bar"><a href="/">Bread Forum</a> <a href="/l">Log in</a> <a href="/r">Register</a></div>
<h1>Sourdough does not rise</h1>
<div class="post"><div class="who" data-either>flourgirl</div><div class="text">
<p data-body>My dough has been standing for ten hours and has hardly grown at all. The kitchen is at 18 degrees.</p>
<p data-body>Is my starter dead, or do I only need more patience? It bubbles a little after feeding.</p></div></div>
<div class="post"><div class="who" data-either>old_oven</div><div class="text">
<p data-body>Eighteen degrees is cold for sourdough. Put the bowl in the oven with only the lamp on, that gives you about 26.</p></div></div>
<div class="post"><div class="who" data-either>rye_and_shine</div><div class="text">
<p data-body>I agree with that, and feed the starter twice on the day before: a drop of it must float in water.</p></div></div>
<div class="post"><div class="who" data-either>flourgirl</div><div class="text">
<p data-body>The lamp did it! After five hours the dough had doubled, and the bread is the best I have made so far.</p></div></div>
<div class="also"><h3>Similar threads</h3><ul><li><a href="/1">Which flour for baguettes</a></li>
<li><a href="/2">Crust too thick</a></li><li><a href="/3">Cleaning a proofing basket</a></li></ul></div>
<div class="end"><a href="/rules">Forum rules</a> <a href="/c">Contact</a></div></body></html>"""

COMMENTED = """<html><head><title>Town hall clock stops - Hillford Echo</title></head><body>
<div class="nav"><a href="/">Home</a><a href="/news">News</a><a href="/sport">Sport</a></div>
<div class="article"><h1>Town hall clock stops</h1>
<p data-body>The clock on Hillford town hall stopped at ten past four on Sunday, for the first time since 1951.</p>
<p data-body>A watchmaker from Brent is expected on Thursday; the council says that the repair will cost 900 pounds at most.</p></div>
<div class="comments"><h2>5 comments</h2>
<div class="comment"><b>Pete says:</b><p>I have been late for work every day this week, and now at last I have somebody to blame for it.</p></div>
<div class="comment"><b>Anna K says:</b><p>Nine hundred pounds? My uncle would do it for a hundred and a cup of tea, and he has his own ladder.</p></div>
<div class="comment"><b>Tom says:</b><p>Nobody under forty looks at that clock anyway. Put up a screen and sell the advertising, I say.</p></div>
<div class="comment"><b>Mrs Bell says:</b><p>I remember 1951. The whole town came out to see it start again, and the band played until midnight.</p></div>
<div class="comment"><b>Pete says:</b><p>Mrs Bell, please tell us more about that, it sounds like a far better year than the one we are having.</p></div></div>
<div class="foot">Copyright Hillford Echo</div></body></html>"""

RECIPE = """<html><head><title>Lentil soup with lemon | Plain Kitchen</title></head><body>
<ul class="menu"><li><a href="/s">Soups</a></li><li><a href="/b">Bread</a></li><li><a href="/c">Cakes</a></li></ul>
<article><h1>Lentil soup with lemon</h1>
<p data-body>This soup is ready in half an hour, keeps for four days in the fridge, and needs nothing that a corner shop lacks.</p>
<h2 data-body>You need</h2>
<ul><li data-body>250 g red lentils</li><li data-body>1 onion, chopped</li><li data-body>2 carrots, in thin slices</li>
<li data-body>1 teaspoon cumin</li><li data-body>1 litre vegetable stock</li><li data-body>Juice of one lemon</li></ul>
<h2 data-body>How to make it</h2>
<ol><li data-body>Fry the onion and the carrots in oil until they are soft, which takes about five minutes.</li>
<li data-body>Add the cumin and stir for half a minute.</li>
<li data-body>Add lentils and stock and let everything simmer for twenty minutes.</li>
<li data-body>Stir in the lemon juice and serve with flat bread.</li></ol>
<p data-body>If it has become too thick on the next day, a cup of hot water makes it right again.</p></article>
<div class="more"><h3>You may also like</h3><a href="/1">Bean stew</a> <a href="/2">Tomato broth</a></div>
<div class="foot">© Plain Kitchen</div></body></html>"""

ZH_LIST = """<html><head><title>周末去哪儿：城郊五个安静的地方_慢走网</title></head><body>
<div class="nav"><a href="/1">首页</a><a href="/2">徒步</a><a href="/3">露营</a><a href="/4">装备</a></div>
<div class="article"><h1>周末去哪儿：城郊五个安静的地方</h1>
<div class="text"><p data-body>不想去人挤人的景区？下面五个地方，从市中心出发都不超过一个小时。</p>
<p data-body>1. 柳溪水库</p><p data-body>环库小路平坦，适合带孩子骑车，沿途有三处可以休息的凉亭。</p>
<p data-body>2. 石门古道</p><p data-body>全程五公里，台阶保存完好，秋天两旁都是银杏，建议早上出发。</p>
<p data-body>3. 白鹭湿地</p><p data-body>每年十一月以后能看到成群的白鹭，观鸟屋免费开放，请不要大声说话。</p>
<p data-body>4. 竹园村</p><p data-body>村口的豆腐店开了三代人，中午之前就会卖完。</p>
<p data-body>5. 望江台</p><p data-body>看日落最好的地方，停车场不大，最好坐公交车去。</p></div></div>
<div class="rec"><h3>猜你喜欢</h3><ul><li><a href="/5">一个人的徒步装备清单</a></li><li><a href="/6">露营第一夜要注意什么</a></li></ul></div>
<div class="foot">© 慢走网 <a href="/7">联系我们</a></div></body></html>"""

ZH_STORY = """<html><head><title>一碗面的三十年</title><meta property="og:title" content="一碗面的三十年"></head><body>
<div class="rich_media"><h1 class="rich_media_title">一碗面的三十年</h1>
<div class="meta"><span>原创</span> <span data-either>南城味道</span> <em data-either>2024-03-18 20:05</em> <em data-either>江苏</em></div>
<div class="rich_media_content"><section><section><p><span>点击上方蓝字关注我们</span></p></section>
<section><section><p data-body>老周的面馆在南城的一条小巷里，没有招牌，只有门口一口冒着热气的大锅。</p></section></section>
<p><br></p>
<section><p data-body>一碗面，六块钱。</p></section>
<section><p data-body>三十年里，这个价钱只涨过两次，每次都是因为面粉涨了价，他在墙上贴一张纸，写明涨了几毛，为什么涨。</p></section>
<p><img src="1.jpg"></p><p data-either>老周在揉面。摄影：阿来</p>
<section><p data-body><strong>01 凌晨三点</strong></p></section>
<section><p data-body>每天凌晨三点，老周准时起床和面，要揉四十分钟，醒两个小时，天亮时第一锅面刚好下水。</p>
<p data-body>“机器也能揉，可是机器不知道今天的天气。”他说，“下雨天要少放一点水。”</p></section>
<section><p data-body><strong>02 最后一位徒弟</strong></p></section>
<section><p data-body>去年秋天，一个学设计的年轻人找上门来，要跟他学做面，他没有答应，年轻人就每天来吃一碗，吃到第九十天，老周递给他一条围裙。</p></section>
<section><p>— END —</p></section><section><p>长按识别二维码，关注南城味道</p></section></section></div>
<div class="tool"><span>阅读 10万+</span><span>赞 2048</span><span>在看 996</span></div>
<div class="comment"><h3>精选留言</h3><ul><li><b>小满</b><p>我读书的时候每个星期都去吃，毕业以后再也没有吃到过这样的面了。</p></li>
<li><b>阿强</b><p>请问具体在哪条巷子？</p></li></ul></div></div></body></html>"""

WIKI = """<html><head><title>Stonebridge Canal - Openpedia</title></head><body>
<div class="sidebar"><a href="/">Main page</a><ul><li><a href="/r">Random article</a></li><li><a href="/c">Recent changes</a></li><li><a href="/d">Donate</a></li></ul></div>
<div class="tabs"><ul><li><a href="/a">Article</a></li><li><a href="/t">Talk</a></li><li><a href="/e">Edit</a></li><li><a href="/h">View history</a></li></ul></div>
<main><h1>Stonebridge Canal</h1><div class="sub">From Openpedia, the open encyclopedia</div>
<div class="text"><table class="infobox"><tr><th data-either>Length</th><td data-either>41 km</td></tr><tr><th data-either>Locks</th><td data-either>27</td></tr><tr><th data-either>Opened</th><td data-either>1794</td></tr></table>
<p data-body>The Stonebridge Canal is a disused canal in the north of the county, which joined the lead mines of Harrow Fell to the sea.<sup>[1]</sup></p>
<p data-body>It is 41 kilometres long, rises through 27 locks, and was for thirty years the highest navigable water in the country.<sup>[2]</sup></p>
<div class="toc"><b data-either>Contents</b><ul><li><a href="#1">1 History</a></li><li><a href="#2">2 Route</a></li><li><a href="#3">3 References</a></li></ul></div>
<h2 data-body>History</h2>
<p data-body>Parliament allowed the canal in 1788, against the wish of the mill owners, who feared for the water of their wheels.</p>
<p data-body>Its engineer, Josiah Penn, died before the first boat passed, and the last four locks were built by his daughter Anne.</p>
<h2 data-body>Route</h2>
<p data-body>From the basin at Stonebridge the canal follows the river for nine kilometres, crosses it on an aqueduct of three arches, and climbs to the fell.</p>
<ul><li data-body>Stonebridge Basin, now a boat museum</li><li data-body>Penn Aqueduct, restored in 1987</li><li data-body>The Nine Steps, a staircase of nine locks</li></ul>
<p data-body>All three can be reached by the towpath, which has been open to walkers and cyclists for its whole length since 2003.<sup>[3]</sup></p>
<h2 data-either>References</h2><ol><li data-either>Hobb, J. (1902). Waterways of the North. p. 41.</li><li data-either>Marsh, E. (1955). Forgotten Canals. p. 112.</li></ol></div>
<div class="cats">Categories: <a href="/k">Canals</a> <a href="/l">1794 establishments</a></div></main>
<footer><p>This page was last edited on 4 May 2024, at 11:02.</p><p>Text is available under an open licence; additional terms may apply.</p><a href="/p">Privacy policy</a></footer></body></html>"""

ZH_FORUM = """<html><head><title>老房子的木窗要不要换 - 筑家论坛</title></head><body>
<div class="top"><a href="/">筑家论坛</a> <a href="/l">登录</a> <a href="/r">注册</a></div>
<div class="path"><a href="/1">装修</a> &gt; <a href="/2">门窗</a></div><h1>老房子的木窗要不要换</h1>
<div class="post"><div class="who" data-either>青瓦</div><div class="when" data-either>2024-02-11 21:30</div><div class="msg">
<p data-body>家里是八十年代的老房子，木窗关不严，冬天漏风，雨大的时候窗台会进水，但是木头本身没有烂。</p>
<p data-body>爸妈舍不得拆，我想换成断桥铝的，大家有没有类似的经验，木窗还能修吗？</p></div><div class="act"><a href="#">回复</a> <a href="#">举报</a></div></div>
<div class="post"><div class="who" data-either>木匠老何</div><div class="when" data-either>2024-02-11 22:04</div><div class="msg">
<p data-body>没烂就能修，先把旧漆铲掉，用腻子补缝，再装一圈硅胶密封条，一扇窗的材料不到五十块钱。</p></div><div class="act"><a href="#">回复</a> <a href="#">举报</a></div></div>
<div class="post"><div class="who" data-either>半夏</div><div class="when" data-either>2024-02-12 08:15</div><div class="msg">
<p data-body>我家去年修过，漏风好了很多，不过隔音还是不行，临街的话我建议里面再加一层玻璃窗。</p></div><div class="act"><a href="#">回复</a> <a href="#">举报</a></div></div>
<div class="post"><div class="who" data-either>青瓦</div><div class="when" data-either>2024-02-20 19:47</div><div class="msg">
<p data-body>按老何说的修好了三扇，花了一百四十块钱，昨天下大雨一滴水也没有进来，谢谢各位！</p></div><div class="act"><a href="#">回复</a> <a href="#">举报</a></div></div>
<div class="rel"><h3>相关帖子</h3><ul><li><a href="/3">断桥铝多少钱一平</a></li><li><a href="/4">阳台要不要封</a></li><li><a href="/5">地板返潮怎么办</a></li></ul></div>
<div class="foot">© 筑家论坛 <a href="/6">联系我们</a></div></body></html>"""

TABLE = """<html><head><title>Harbour fees from 1 July | Port of Esk</title></head><body>
<div class="nav"><a href="/">Home</a><a href="/b">Berths</a><a href="/t">Tides</a><a href="/k">Contact</a></div>
<div class="main"><h1>Harbour fees from 1 July</h1>
<p data-body>The fees below hold for all visiting boats from 1 July, and include water, showers and the use of the slipway.</p>
<table><tr><th data-body>Length of boat</th><th data-body>One night</th><th data-body>One week</th></tr>
<tr><td data-body>up to 6 m</td><td data-body>£9.50</td><td data-body>£54.00</td></tr>
<tr><td data-body>6 to 9 m</td><td data-body>£14.00</td><td data-body>£79.50</td></tr>
<tr><td data-body>9 to 12 m</td><td data-body>£19.50</td><td data-body>£112.00</td></tr>
<tr><td data-body>over 12 m</td><td data-body>£26.00</td><td data-body>£149.00</td></tr></table>
<p data-body>Boats that stay for less than four hours pay nothing, as long as the berth is free and the harbour master knows of it.</p>
<h2 data-body>Winter</h2>
<p data-body>From November to March all fees are halved; electricity is then charged by the meter, at 38 pence a unit.</p></div>
<div class="side"><h3>Latest news</h3><a href="/1">Dredging starts in May</a><a href="/2">New crane arrives</a></div>
<div class="foot">© Port of Esk <a href="/p">Privacy</a></div></body></html>"""

SIDEBARS = """<html><head><title>The last lamplighter of Varn - The Evening Ledger</title></head><body>
<div id="masthead"><a href="/">The Evening Ledger</a><span>Saturday, May 4, 2024</span><a href="/sub">Subscribe</a><a href="/log">Log in</a></div>
<div id="menu"><a href="/1">World</a><a href="/2">Politics</a><a href="/3">Business</a><a href="/4">Opinion</a><a href="/5">Arts</a></div>
<div id="left"><div class="box"><h4>Trending</h4><div><a href="/6">Why your tomatoes split, and what to do</a></div><div><a href="/7">The mayor's other job</a></div></div></div>
<div id="centre"><h1>The last lamplighter of Varn</h1><div class="deck" data-either>For fifty years one man has lit the old town by hand.</div>
<div class="byline" data-either>By Tessa Moor</div><div class="date" data-either>May 4, 2024 at 6:00 a.m.</div><div class="share"><a href="#">Share</a><a href="#">Tweet</a><a href="#">Email</a></div>
<div class="par" data-body>Every evening at dusk Emil Horak takes a pole, a ladder and a tin of matches, and walks the 112 gas lamps of the old town.</div>
<div class="par" data-body>It takes him two hours and ten minutes in summer, and somewhat longer when there is ice on the steps of the castle.</div>
<div class="ad">Advertisement</div>
<div class="par" data-body>“People think that it is romantic,” he said. “It is mostly stairs.”</div>
<div class="box"><h4>More from Arts</h4><div><a href="/8">A museum of keys opens in a garage</a></div><div><a href="/9">The orchestra that plays for cows</a></div></div>
<div class="par" data-body>The town has tried to replace him twice, with timers in 1991 and with sensors in 2012; both froze in the first winter.</div>
<div class="par" data-body>He will be seventy in October, and has taught the route to his granddaughter, who studies physics and is faster on the stairs.</div>
<div class="note">Tessa Moor can be reached at tmoor@ledger.example.</div></div>
<div id="right"><div class="box"><h4>Most popular</h4><ol><li><a href="/10">House prices fall for the third month</a></li><li><a href="/11">Storm warning for the coast</a></li></ol></div>
<div class="box"><p>Get our morning newsletter in your inbox, free, every weekday.</p></div></div>
<div id="bottom"><a href="/12">Terms of use</a><a href="/13">Privacy</a><div>© 2024 The Evening Ledger. All rights reserved.</div></div></body></html>"""

QA = """<html><head><title>Why does my loop skip every second item? | Code Answers</title></head><body>
<div class="top"><a href="/">Code Answers</a><a href="/q">Questions</a><a href="/t">Tags</a><a href="/u">Users</a></div>
<h1>Why does my loop skip every second item?</h1><div class="stats"><span>Asked 3 years ago</span><span>Viewed 4k times</span></div>
<div class="question"><div class="text"><p data-body>I remove items from a list while I loop over it, and every second one stays, though all of them should go:</p>
<pre data-body>for item in items: items.remove(item)</pre>
<p data-body>What am I doing wrong, and how is it done properly?</p></div><div class="tags"><a href="/1" data-either>python</a><a href="/2" data-either>loops</a></div><div class="act"><a href="#">Share</a><a href="#">Follow</a></div></div>
<div class="count"><h2 data-either>2 Answers</h2></div>
<div class="answer"><div class="text"><p data-body>The loop counts positions: when the first item is removed, the second moves to its place, and the loop goes on to the third.</p>
<p data-body>Loop over a copy instead, which does not change while you remove items from the list itself.</p>
<pre data-body>for item in list(items): items.remove(item)</pre></div><div class="act"><a href="#">Share</a><a href="#">Follow</a></div></div>
<div class="answer"><div class="text"><p data-body>If all of them should go, no loop is needed, because a list has a method that empties it in one call.</p></div><div class="act"><a href="#">Share</a><a href="#">Follow</a></div></div>
<div class="rel"><h3>Related questions</h3><ul><li><a href="/3">How do I reverse a list?</a></li><li><a href="/4">What is a generator?</a></li></ul></div>
<div class="foot"><a href="/5">About</a><a href="/6">Help</a></div></body></html>"""

PAGES = {
    "Chinese news": ZH_NEWS,
    "English news": EN_NEWS,
    "Chinese blog": ZH_BLOG,
    "English documentation": EN_DOCS,
    "Chinese documentation": ZH_DOCS,
    "a forum": FORUM,
    "a short article with long comments": COMMENTED,
    "a recipe": RECIPE,
    "a Chinese list": ZH_LIST,
    "a story as apps for chats show it": ZH_STORY,
    "an encyclopedia": WIKI,
    "a Chinese forum": ZH_FORUM,
    "a table": TABLE,
    "boxes between paragraphs": SIDEBARS,
    "questions and answers": QA,
}


def blocks(html: str) -> list[str]:
    """The page's blocks of text as a reader would copy them, each after its mark, if it has one."""
    body = html[html.index("<body>") :]
    body = re.sub(
        r"<(?:p|h\d|li|div|ul|ol|t[dhr]|pre|figcaption|span|b|button|a)\b", r"\n\g<0>", body
    )
    lines = []
    for line in body.split("\n"):
        found = re.search(r"data-(?:body|either)", line)
        text = re.sub(r"<[^>]*>?", "", line).strip()
        if text:
            lines.append(f"{found.group() if found else ''}|{text}")
    return lines


def marked(html: str, mark: str) -> list[str]:
    return [line.split("|", 1)[1] for line in blocks(html) if line.split("|", 1)[0] == mark]


def title_of(html: str) -> str:
    return re.split(r" ?[|_] ?| [-—] ", re.search(r"<title>(.*)</title>", html)[1])[0]


def dump_of(html: str) -> str:
    lines = [line.split("|", 1)[1] for line in blocks(html)]
    return re.search(r"<title>(.*)</title>", html)[1] + "\n\n" + "\n\n".join(lines)


@pytest.mark.parametrize("as_dump", [False, True], ids=["HTML", "dump"])
@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES.keys())
def test_no_body_is_lost_and_no_menu_kept(html, as_dump):
    article = read_text(dump_of(html) if as_dump else html)
    kept = article.text.split("\n")
    assert [line for line in marked(html, "data-body") if line not in kept] == []
    allowed = marked(html, "data-body") + marked(html, "data-either")
    assert [line for line in kept if line and line not in allowed] == []
    assert article.title == title_of(html)


TWICE = [BODY[0], "Opening hours", BODY[1]]
SOURCES = {
    **{f"{name}, HTML": html.encode() for name, html in PAGES.items()},
    **{f"{name}, dump": dump_of(html).encode() for name, html in PAGES.items()},
    "Markdown": "\n\n".join(["# Opening hours", *TWICE, "**It** is [new](/a)."]).encode(),
    "Word": docx(
        "".join(map(paragraph, ["Opening hours", *TWICE])),
        core=CORE.replace("Draft 3", "Opening hours"),
    ),
}


@pytest.mark.parametrize("content", SOURCES.values(), ids=SOURCES.keys())
def test_what_is_put_back_changes_nothing_else(content):
    cleaned = read(content)
    numbers = [removed.number for removed in cleaned.removed]
    for keep in ({*numbers[:1]}, {*numbers[1::2]}, {*numbers[-1:]}, {*numbers}):
        article = read(content, keep=keep)
        assert article.removed == [line for line in cleaned.removed if line.number not in keep]
        put_back = [line.line for line in cleaned.removed if line.number in keep]
        lines = iter(lines_of(article))
        assert all(line in lines for line in lines_of(cleaned))  # and in this order
        assert sorted(lines_of(article)) == sorted(lines_of(cleaned) + put_back)


def lines_of(article: Article) -> list[str]:
    return [line for line in article.text.split("\n") if line]
