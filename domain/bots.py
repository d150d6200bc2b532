"""Programs that fetch files for other reasons than to install them: crawlers, monitors, checkers of links.

What is listed is known to follow links, to watch or to look at files without anybody who wants the package. Most call
themselves a bot, a crawler or a spider; the list has those that do not. Programs that are only unknown are not listed.
"""

import re

_NAMES = (
    # What crawlers call themselves. There are telephones called Cubot.
    r"(?<!cu)bots?(?![a-z0-9])",
    r"crawler",
    r"spider(?![a-z0-9])",
    # Search engines, archives and what feeds language models.
    r"Google-InspectionTool|GoogleOther|Mediapartners-Google|FeedFetcher-Google|Google-Read-Aloud",
    r"BingPreview|Yahoo! Slurp|Y!J-|YandexImages|YandexFavicons|Qwantify|Nutch|ia_archiver|heritrix|ltx71",
    r"ChatGPT-User|anthropic-ai|Claude-User|Perplexity-User|MistralAI-User|cohere-ai|meta-external(?:agent|fetcher)",
    r"omgili|Yeti/|Barkrowler|DataForSeo|NetcraftSurvey",
    # Previews of links in conversations.
    r"facebookexternalhit|facebookcatalog|Slack-ImgProxy|WhatsApp/|SkypeUriPreview|Mastodon/|Iframely|Embedly",
    # Scanners of the whole net.
    r"CensysInspect|Expanse, a Palo Alto|InternetMeasurement|zgrab|masscan|Nmap Scripting|Nuclei|sqlmap|Nikto",
    # Monitors.
    r"Datadog|Pingdom|StatusCake|Site24x7|NewRelicPinger|Uptime-Kuma|Blackbox Exporter|Blackbox-Exporter|Prometheus/",
    r"Zabbix|check_http/|GoogleStackdriverMonitoring|GoogleHC/|ELB-HealthChecker|Amazon-Route53-Health-Check|kube-probe/",
    r"HetrixTools|Freshping|Catchpoint|GTmetrix|Chrome-Lighthouse|W3C_Validator|W3C-checklink|LinkChecker|lychee/",
    # Watchers of new versions, and what looks into packages for people who read.
    r"inspector\.pypi\.io|Renovate|repology|Anitya|nvchecker|Debian uscan|AWSBrewLinkChecker|spectool/",
    # Scraping without a browser.
    r"Scrapy/|HTTrack|WebCopier|TextualInlineMedia/|WeeChat/",
)
_STARTS = (
    # Libraries and tools for anything else, which linehaul leaves out as well: none of them installs packages.
    r"\(null\)$|WordPress/|Chef (?:Client|Knife)/|Ruby$|Download Master$|Java/|Go [0-9.]+ package http$",
    r"Go-http-client/|GNU Guile$|github-olee$|Apache Ant/|Salt/|ansible-httpget$|NSIS_Inetc",
)
_FLAGS = re.ASCII | re.IGNORECASE
_NAME = re.compile("|".join(_NAMES), _FLAGS)
_START = re.compile("|".join(_STARTS), _FLAGS)


def is_bot(agent: str) -> bool:
    """Whether the agent is known to be one of them, or says so."""
    return bool(_START.match(agent) or _NAME.search(agent))
