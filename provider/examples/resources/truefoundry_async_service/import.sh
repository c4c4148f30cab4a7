terraform import truefoundry_async_service.thumbnails 'prod:search:thumbnails'
