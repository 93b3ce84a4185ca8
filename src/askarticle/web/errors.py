"""What went wrong, said to a reader in Chinese and in English.

The package's errors are English sentences; the Chinese one is chosen by what they contain. A test
holds these against all that the sources can say to a reader.
"""

import re

# The first that is found in the message counts; {} is its first group.
CHINESE = (
    (r"article has ([\d,]+) sentences", "这篇文章有 {} 句，最多读 5,000 句：请截取一部分。"),
    (r"at most (\d+) articles", "最多同时打开 {} 篇文章：请先关闭一篇。"),
    (r"page is out of date", "这个页面太旧了：请重新打开。"),
    (r"isn't rated", "自己添加的文章不评分：它只留给您自己。"),
    (r"rating can't be written", "评价没有记下：服务器写不了那个文件。"),
    (r"source is kept no more", "原文件已不再保留：要放回内容，请重新添加这篇文章。"),
    (r"articles is searched, not|are indexed, not", "这里要的是一篇文章。"),
    (r"no longer here", "这篇文章已经不在这里了：请重新添加。"),
    (r"the text has more than", "粘贴的文字太长了（最多一百万字）：请存成文件再拖进来。"),
    (r"is empty|no words in it", "里面没有文字。"),
    (r"no article was found", "在菜单和标题之间没有找到正文：请直接粘贴正文。"),
    (r"without a text layer", "这是扫描版 PDF，里面只有图片：请先做文字识别（OCR）。"),
    (r"PDF protected by a password", "这份 PDF 有密码保护：请另存一份不加密的。"),
    (r"PDF of ([\d,]+) pages", "这份 PDF 有 {} 页，太多了：请只保存文章所在的几页。"),
    (r"PDF that can't be opened", "这份 PDF 打不开，可能已损坏：请重新保存一份。"),
    (r"protected EPUB|protected by a password", "文件已加密：请另存一份不加密的。"),
    (r"isn't on the public internet", "网址指向本机或内网，不能读：请把网页存成文件再拖进来。"),
    (r"host isn't known|has no address", "找不到这个网站：请检查网址。"),
    (r"more than ([\d.]+) s to answer", "网站 {} 秒没有回应：请稍后再试，或存成文件拖进来。"),
    (r"answers (\d+) \(", "网站返回了错误 {}，不是一个网页。"),
    (r"(?:sends|has) more than [\d.]+ MB|unpacks to more", "太大了：最多读 20 MB。"),
    (r"not a valid address|has no host|password in it", "这不是一个有效的网址。"),
    (r"only http and https", "只读 http 和 https 网址。"),
    (r"no valid certificate", "网站的证书无效，没有读取。"),
    (r"redirects more than", "网址转来转去太多次，没有读到网页。"),
    (r"the address can't be read", "网址读不了：请检查网址，或把网页存成文件拖进来。"),
    (r"picture, a sound or a film", "这是图片、声音或视频，不是文章。"),
    (r"a program, not", "这是程序，不是文章。"),
    (r"compressed file|zip archive", "这是压缩包：请解压后再拖进来。"),
    (
        r"old Office|RTF|OpenDocument|Safari web archive|spreadsheet|slides|a database",
        "这种格式读不了：请另存为 .docx、PDF 或文本。",
    ),
    (r"saved page without a page", "这个存成一个文件的网页里没有正文：请在浏览器里重新保存。"),
    (r"not a text", "这不是文本文件：请另存为 UTF-8 文本。"),
    (r"damaged|declares entities|unusual way", "文件已损坏：请重新保存一份。"),
    (r"too complex|more than [\d.]+ s", "文件太复杂，读得太久，已停止。"),
    (r"too many complex sources|process to read it in", "现在读文件的人太多：请过一会儿再试。"),
    (r"the question has ([\d,]+) characters", "问题有 {} 个字，太长了（最多一万字）。"),
    (r"question is empty|no words in the question", "请用文字提问。"),
)  # fmt: skip
_LEADS = re.compile(r"^.{0,300}? can't be read(?: as an article)?: ", re.S)


def say(error: Exception) -> dict[str, str]:
    """The error in both languages: {"zh": …, "en": …}."""
    english = _LEADS.sub("", str(error), count=1)
    english = english.replace(" (clean=False)", "").replace(" and give its path", "")
    english = english[:1].upper() + english[1:] + ("" if english.endswith(".") else ".")
    for pattern, chinese in CHINESE:
        if found := re.search(pattern, str(error)):
            groups = [group for group in found.groups() if group]
            return {"zh": chinese.format(*groups or [""]), "en": english}
    return {"zh": f"没能做到：{english}", "en": english}
