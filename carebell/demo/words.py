"""What the town is spelt with. Names are put together by rule and belong to nobody."""

from random import Random
from typing import Final

CITY: Final = "安心市"
DISTRICTS: Final = ("安和区", "安乐区")
STREETS: Final = ("青松街道", "翠湖街道", "银杏街道", "长虹街道")
COMMUNITIES: Final = (
    *("松柏", "兰亭", "向阳"),
    *("湖滨", "荷塘", "柳岸"),
    *("杏林", "清风", "文昌"),
    *("虹桥", "朝霞", "学府"),
)
ROADS: Final = (
    *("人民路", "健康路", "光明路", "和平路", "文化路", "建设路", "育才路", "胜利路", "解放路"),
    *("中山路", "延陵路", "青年路", "新民路", "团结路", "友谊路", "东风路"),
)
LANES: Final = (
    *("桂花弄", "竹林巷", "梅园弄", "石桥巷", "古井弄", "书院巷", "丁香弄"),
    *("米市巷", "铜匠弄", "茶花巷", "白鹭弄", "紫藤巷", "双桥弄", "钟楼巷"),
)
ESTATES: Final = (
    *("松鹤", "康宁", "福寿", "锦绣", "春晖", "怡景", "翠竹", "丹桂", "金色", "阳光"),
    *("馨怡", "永安", "和顺", "泰和", "百合", "玉兰", "海棠", "聚福", "长青", "安泰"),
)
ESTATE_KINDS: Final = ("新村", "花园", "苑", "里", "家园", "小区")
WAYS_IN: Final = (
    "从{gate}门进，{building}幢{unit}单元，电梯到{floor}楼",
    "从{gate}门进，{building}幢{unit}单元，没有电梯，走到{floor}楼",
    "{gate}门岗亭登记，{building}幢{unit}单元{floor}楼；备用钥匙在社区服务站",
    "{gate}门进左转，{building}幢{unit}单元，门禁按房号呼叫，听力不好请多按一会",
    "{building}幢{unit}单元{floor}楼，备用钥匙在隔壁邻居处",
)
GATES: Final = ("东", "南", "西", "北")

# By frequency, roughly; the weight falls with the place in the list.
SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
)
OLD_WOMEN: Final = "秀兰英珍芳桂玉梅凤霞淑贞素琴月华美云惠芬爱菊金娣根妹"
OLD_MEN: Final = "国建德明志忠福根荣林生永长金宝祥寿成文富贵海泉树发兴"
WOMEN: Final = "丽敏静艳娟霞婷倩雪颖琳慧晓燕佳莉萍红玲"
MEN: Final = "伟强磊军勇杰涛超明刚平辉鹏斌宇浩峰建俊"
LETTERS: Final = {
    (True, True): OLD_WOMEN,
    (False, True): OLD_MEN,
    (True, False): WOMEN,
    (False, False): MEN,
}

CONDITIONS: Final = (
    *("高血压", "2型糖尿病", "冠心病", "脑卒中后遗症", "慢阻肺", "骨质疏松"),
    *("帕金森病", "膝关节炎", "听力减退", "白内障", "轻度认知障碍", "房颤"),
)


def surname(random: Random) -> str:
    """Return a surname; the commonest are common here too."""
    return SURNAMES[min(int(random.expovariate(0.06)), len(SURNAMES) - 1)]


def given_name(random: Random, *, female: bool, old: bool) -> str:
    """Return one or two characters of a generation and gender."""
    letters = LETTERS[female, old]
    length = 1 if random.random() < (0.15 if old else 0.4) else 2
    return "".join(random.sample(letters, length))


def phone(random: Random) -> str:
    """Return eleven digits that no network gives to a mobile phone (they begin with 100)."""
    return f"100{random.randrange(10**8):08d}"
