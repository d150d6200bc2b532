"""What makes the pages of the site: use cases over the ports of any world."""

from dependency_injector import containers, providers

from domain.ports.replicas import Tables
from domain.site_settings import SiteSettings
from domain.usecases.browse_pages import BrowsePages
from domain.usecases.directory_pages import DirectoryPages
from domain.usecases.list_rendering import ListRendering
from domain.usecases.lists import Lists
from domain.usecases.owner_pages import OwnerPages
from domain.usecases.package_pages import PackagePages
from domain.usecases.release_pages import ReleasePages
from domain.usecases.rendering import Rendering
from domain.usecases.rows import Rows
from domain.usecases.search_nodes import SearchNodes
from domain.usecases.settling import Settling
from domain.usecases.site import Site
from domain.usecases.surroundings import Surroundings
from domain.usecases.usage_history import UsageHistory


class SitePages(containers.DeclarativeContainer):
    """Those use cases that make what the site holds out of events, blobs and rows."""

    ports = providers.DependenciesContainer()
    site_settings: providers.Dependency[SiteSettings] = providers.Dependency()

    rendering = providers.Singleton(Rendering, blobs=ports.blobs, pages=ports.pages, settings=site_settings)
    list_rendering = providers.Singleton(ListRendering, pages=ports.pages, settings=site_settings)
    history = providers.Singleton(UsageHistory, store=ports.event_store, log=ports.event_log, clock=ports.clock)
    settling = providers.Singleton(Settling, store=ports.event_store, objects=ports.objects, history=history)
    surroundings = providers.Singleton(
        Surroundings,
        store=ports.event_store,
        catalogue=ports.catalogue,
        dependents=ports.dependents,
        facts=ports.facts_table,
        rendering=rendering,
    )
    tables = providers.Singleton(
        Tables,
        catalogue=ports.catalogue,
        usage_table=ports.usage_table,
        directory=ports.directory,
        dependents=ports.dependents,
    )
    rows = providers.Singleton(Rows, tables=tables, rendering=rendering)
    package_pages = providers.Singleton(
        PackagePages,
        settling=settling,
        store=ports.event_store,
        objects=ports.objects,
        blobs=ports.blobs,
        rows=rows,
        dependents=ports.dependents,
        surroundings=surroundings,
        bus=ports.bus,
        caches=ports.caches,
        rendering=rendering,
    )
    release_pages = providers.Singleton(ReleasePages, settling=settling, objects=ports.objects, rendering=rendering)
    search_nodes = providers.Singleton(SearchNodes, directory=ports.directory, objects=ports.objects)
    lists = providers.Singleton(
        Lists,
        settling=settling,
        objects=ports.objects,
        catalogue=ports.catalogue,
        usage_table=ports.usage_table,
        history=history,
        bus=ports.bus,
        search=search_nodes,
        rendering=list_rendering,
    )
    owner_pages = providers.Singleton(
        OwnerPages,
        settling=settling,
        store=ports.event_store,
        directory=ports.directory,
        objects=ports.objects,
        bus=ports.bus,
        rendering=list_rendering,
    )
    directory_pages = providers.Singleton(
        DirectoryPages,
        directory=ports.directory,
        search=search_nodes,
        browse=providers.Singleton(
            BrowsePages, directory=ports.directory, objects=ports.objects, rendering=list_rendering
        ),
        owners=owner_pages,
    )
    site = providers.Singleton(
        Site,
        settling=settling,
        packages=package_pages,
        releases=release_pages,
        directory=directory_pages,
        lists=lists,
        owners=owner_pages,
        bus=ports.bus,
    )
