"""Words of the Help page and of the menu's About."""


class Help:
    TITLE = "Help"
    TOPIC = "Topic"
    KEYS = "Keys"
    ABOUT_TOPIC = "Version and licenses"
    NO_TOPIC = "There is no help topic with this name. Choose a topic above."
    KEYS_INTRO = "Keys work where the cursor is: click the part of the page first, or reach it with Tab."
    KEYS_WHERE = "where"
    KEYS_KEY = "key"
    KEYS_EFFECT = "effect"
    KEYS_HELP = "| Every page | ? | open this help |"
    ABOUT = (
        "**Augmentation Explorer {version}**\n\nAssemble image augmentation pipelines, preview them, train with them "
        "and measure their effect.\n\nInstalled: {parts}.\n\n{licenses}"
    )
    ABOUT_MENU = (
        "**Augmentation Explorer**  \nAssemble image augmentation pipelines, preview them, train with them and measure "
        "their effect.  \nThe page **Help** in the top bar has the documentation, the keys, and versions with licenses."
    )
