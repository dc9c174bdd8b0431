import { testRoom } from "./_room.ts";

await testRoom("rates");
